"""What officers may attach: few kinds of files, of bounded size, looked through for anything that could run.

Nothing here opens a file with the program it was made for. A kind is told by the content, and what cannot be looked
through (encrypted, or packed beyond a bound) is refused.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Final

from PIL import Image

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue.db.comments import Attachment
from originrisk.serve.queue.evidence.words import visible

MOST_BYTES: Final = 5_242_880
UNPACKED: Final = 50_000_000
"""Bytes that a file may hold when unpacked."""
MOST_PIXELS: Final = 50_000_000
LONGEST_NAME: Final = 100

ACTIVE_PDF: Final = (
    b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA", b"/AA", b"/SubmitForm",
    b"/ImportData", b"/GoToE", b"/OpenAction", b"/Encrypt",
)  # fmt: skip
"""Names in a PDF that run, fetch or carry something, or hide it."""
ACTIVE_PART: Final = re.compile(
    r"vbaproject|macrosheet|activex|embeddings/|oleobject|externallinks/|connections\.xml|customui|\.bin$", re.I
)
"""Parts of a workbook that run, fetch or carry something."""


def _pdf(content: bytes) -> str:
    if not content.startswith(b"%PDF-"):
        return "a PDF"
    for text in _plain(content):
        found = [name.decode() for name in ACTIVE_PDF if re.search(re.escape(name) + rb"(?![A-Za-z0-9])", text)]
        if found:
            return f"a PDF without active or hidden content ({', '.join(found)})"
    return ""


def _plain(content: bytes) -> Iterator[bytes]:
    """A PDF and its packed streams, with names as they read. Raises ValueError where these unpack beyond a bound."""
    named = re.compile(rb"#([0-9A-Fa-f]{2})")

    def readable(text: bytes) -> bytes:
        return named.sub(lambda found: bytes([int(found[1], 16)]), text)

    yield readable(content)
    left = UNPACKED
    for found in re.finditer(rb"stream\r?\n", content):
        try:
            text = zlib.decompressobj().decompress(content[found.end() :], left)
        except zlib.error:
            continue  # an image, or text that is not packed and was read above
        left -= len(text)
        if left <= 0:
            raise ValueError
        yield readable(text)


def _workbook(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if "xl/workbook.xml" not in {part.filename for part in parts}:
            return "an XLSX workbook"
        if sum(part.file_size for part in parts) > UNPACKED or any(part.flag_bits & 1 for part in parts):
            return "a workbook that can be looked through: not encrypted, and of bounded size"
        active = [part.filename for part in parts if ACTIVE_PART.search(part.filename)]
        return f"a workbook without macros, links or embedded files ({', '.join(active)[:80]})" if active else ""


def _image(kind: str) -> Callable[[bytes], str]:
    def looked(content: bytes) -> str:
        with Image.open(io.BytesIO(content), formats=(kind,)) as image:
            if image.width * image.height > MOST_PIXELS:
                return f"an image of at most {MOST_PIXELS:,} pixels"
            image.verify()
        return ""

    return looked


def _text(content: bytes) -> str:
    text = content.decode("utf-8-sig")
    if "\x00" in text:
        return "a text"
    cells = re.split(r"[\n\r,;\t]", text)
    runs = any(cell.strip(' "')[:1] in {"=", "@"} for cell in cells)
    return "a text in which no cell begins as a formula (= or @)" if runs else ""


KINDS: Final[dict[str, tuple[str, Callable[[bytes], str]]]] = {
    "pdf": ("PDF", _pdf),
    "png": ("PNG", _image("PNG")),
    "jpg": ("JPEG", _image("JPEG")),
    "jpeg": ("JPEG", _image("JPEG")),
    "csv": ("CSV", _text),
    "txt": ("text", _text),
    "xlsx": ("XLSX", _workbook),
}
"""By the end of a file's name: the kind in words, and what it lacks to be taken ("" for nothing)."""


def looked_through(name: str, content: bytes) -> Attachment:
    """The file, fit to be kept. Raises BadInputError where it is too large, of another kind, or could run."""
    named = visible(PurePath(name.replace("\\", "/")).name)[-LONGEST_NAME:].strip() or "file"
    kind = named.rpartition(".")[2].lower()
    if len(content) > MOST_BYTES:
        raise BadInputError(Problem("file", f"at most {MOST_BYTES:,} bytes", f"{len(content):,}"))
    if kind not in KINDS:
        known = ", ".join(dict.fromkeys(words for words, _ in KINDS.values()))
        raise BadInputError(Problem("file", f"one of: {known}", "another kind"))
    try:
        lacks = KINDS[kind][1](content)
    except (ValueError, OSError, SyntaxError, zipfile.BadZipFile, Image.DecompressionBombError):
        lacks = f"a file that is what its name says ({KINDS[kind][0]}) and can be looked through"
    if lacks:
        raise BadInputError(Problem("file", lacks, "another"))
    return Attachment(named, kind, content)

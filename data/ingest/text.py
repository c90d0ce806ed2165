"""Text tables as records: encoding, delimiter and headings of a file, then its blocks of whole lines."""

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest.records import Layout, Records, checked_headings, heading
from originrisk.data.ingest.text_block import is_utf_8, parse

DELIMITERS = (",", "\t", ";", "|")
_BLOCK = 1 << 24
_ROWS_BEFORE_HEADINGS = 20
_LONGEST_HEADINGS = 1 << 16
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Letters and signs of western Europe, each alone between ASCII: a run of high bytes is some other encoding.
_LATIN = re.compile(rb"[\xaa\xae\xb0\xba\xc0-\xd6\xd8-\xf6\xf8-\xfe]")


def layout(path: Path, label: str, wanted: Collection[str], encoding: str | None) -> Layout:
    """Headings, encoding and delimiter. Raises BadInputError where there is no row of column names."""
    encoding = encoding or _encoding(path, label)
    with _open(path, label) as file:
        text = _beginning(_decoded(file, encoding)).decode("utf-8", "replace")
    for number, line in enumerate(text.split("\n")[:_ROWS_BEFORE_HEADINGS], start=1):
        if line.strip(" \r\ufeff" + "".join(DELIMITERS)):
            delimiter, cells = _split(line.strip("\r\ufeff"), wanted)
            if len(cells) > 1 and "\0" not in line:
                return Layout(checked_headings(label, cells), number + 1, encoding, delimiter)
            break
    raise BadInputError(Problem(label, "a table with a row of column names", "no such row at its beginning"))


def read(path: Path, label: str, shape: Layout) -> Iterator[Records]:
    """The records, block by block. Raises BadInputError where a compressed file is damaged."""
    row, tail, before = 1, b"", 0
    with path.open("rb") as raw, _open(raw, label) as file:
        for block, last in _whole_lines(_decoded(file, shape.encoding)):
            parsed = parse(tail + block, row, shape, last=last)
            row, tail = parsed.next_row, parsed.tail
            yield Records(parsed.table, parsed.rows, parsed.misfits, size=raw.tell() - before)
            before = raw.tell()


@contextmanager
def _open(source: Path | IO[bytes], label: str) -> Iterator[IO[bytes]]:
    """The file's bytes, uncompressed."""
    raw = source.open("rb") if isinstance(source, Path) else source
    compressed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    try:
        with raw, gzip.open(raw) if compressed else raw as file:
            yield file  # type: ignore[misc]
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInputError(Problem(label, "a whole gzip file", "a damaged or cut one")) from error


def _decoded(file: IO[bytes], encoding: str) -> Iterator[bytes]:
    """Blocks of UTF-8. Bytes of a UTF-8 file pass as they are, so that a foreign one spoils its line alone."""
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)(errors="replace")
    while block := file.read(_BLOCK):
        yield decoder.decode(block).encode() if decoder else block
    if decoder:
        yield decoder.decode(b"", final=True).encode()


def _beginning(blocks: Iterator[bytes]) -> bytes:
    text = b""
    while len(text) < _LONGEST_HEADINGS and (block := next(blocks, b"")):
        text += block
    return text


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Blocks that end with a line end, and whether one is the last."""
    rest = b""
    for block in blocks:
        whole, end, after = block.rpartition(b"\n")
        if end:
            yield rest + whole + end, False
            rest = after
        else:
            rest += block
    yield rest, True


def _split(line: str, wanted: Collection[str]) -> tuple[str, list[str]]:
    """The delimiter under which most of the wanted headings stand, and the headings."""
    splits = [(delimiter, next(csv.reader([line], delimiter=delimiter))) for delimiter in DELIMITERS]
    names = {heading(name) for name in wanted}
    return max(splits, key=lambda split: (len(names & {heading(c) for c in split[1]}), split[0] == ","))


def _encoding(path: Path, label: str) -> str:
    """UTF-16 by its mark; UTF-8; or Latin-1, if nothing in the file is UTF-8 and all of it looks western."""
    with _open(path, label) as file:
        if file.read(2) in _UTF_16:
            return "utf-16"
    foreign: list[bytes] = []
    with _open(path, label) as file:
        for block, _ in _whole_lines(iter(lambda: file.read(_BLOCK), b"")):
            for line in () if block.isascii() else block.splitlines():
                if not line.isascii():
                    if is_utf_8(line):
                        return "utf-8"
                    foreign += re.findall(rb"[\x80-\xff]+", line)
    return "latin-1" if foreign and all(_LATIN.fullmatch(run) for run in foreign) else "utf-8"

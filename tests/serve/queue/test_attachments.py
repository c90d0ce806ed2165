"""What may be attached: few kinds, told by their content, and nothing that could run."""

import io
import zipfile
import zlib

import pytest
from PIL import Image

from originrisk.data.errors import BadInputError
from originrisk.serve.queue.attachments import MOST_BYTES, looked_through


def pdf(inside: bytes, *, packed: bytes = b"") -> bytes:
    """As little of a PDF as is looked at."""
    stream = b"stream\n" + zlib.compress(packed) + b"\nendstream" if packed else b""
    return b"%PDF-1.7\n1 0 obj <<" + inside + b">> " + stream + b" endobj\n%%EOF"


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, "PNG")
    return file.getvalue()


def workbook(*parts: str, size: int = 10) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", *parts):
            archive.writestr(name, b"0" * size)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", pdf(b"/Type /Catalog", packed=b"BT (JSON is not JS) ET")),
        ("photo.PNG", png()),
        ("rolls.csv", "bale,weight\n1,-3.5\n".encode("utf-8-sig")),
        ("note.txt", "two samples, \u7684".encode()),
        ("list.xlsx", workbook("xl/worksheets/sheet1.xml")),
    ],
)
def test_papers_are_taken_as_they_are(name: str, content: bytes) -> None:
    found = looked_through(name, content)
    assert (found.name, found.content) == (name, content)
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("run.exe", b"MZ", "one of: PDF"),
        ("page.html", b"<script>", "one of: PDF"),
        ("image.svg", b"<svg onload='x'/>", "one of: PDF"),
        ("nothing", b"x", "one of: PDF"),
        ("report.pdf", b"<html>", "a PDF"),
        ("report.pdf", pdf(b"/OpenAction 3 0 R"), "/OpenAction"),
        ("report.pdf", pdf(b"/J#61vaScript (app.alert(1))"), "/JavaScript"),
        ("report.pdf", pdf(b"", packed=b"<< /S /Launch >>"), "/Launch"),
        ("report.pdf", pdf(b"/Encrypt 4 0 R"), "/Encrypt"),
        ("report.pdf", pdf(b"", packed=b"0" * 60_000_000), "looked through"),
        ("photo.png", b"%PDF-1.7", "PNG"),
        ("photo.jpg", png(), "JPEG"),
        ("list.xlsx", workbook("xl/vbaProject.bin"), "vbaProject"),
        ("list.xlsx", workbook("xl/externalLinks/externalLink1.xml"), "externalLinks"),
        ("list.xlsx", workbook("xl/a.xml", size=30_000_000), "bounded size"),
        ("list.xlsx", b"PK\x03\x04broken", "XLSX"),
        ("list.csv", b"a,b\n=cmd|' /C calc'!A0,1", "formula"),
        ("note.txt", b"\xff\xfe\x00", "text"),
        ("big.txt", b"x" * (MOST_BYTES + 1), "bytes"),
    ],
)
def test_what_could_run_or_hides_is_refused_and_said(name: str, content: bytes, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        looked_through(name, content)


def test_a_name_loses_its_folders_and_what_cannot_be_seen() -> None:
    assert looked_through("..\\..\\etc/\u202epass.txt", b"x").name == "\u2039U+202E\u203apass.txt"
    assert len(looked_through("x" * 300 + ".txt", b"x").name) == 100

"""Text tables as records: encoding, delimiter and headings of a file, then its blocks of whole lines."""

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

from charset_normalizer import from_bytes

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest.records import (
    ROWS_BEFORE_HEADINGS,
    Budget,
    FileLayout,
    RecordBatch,
    checked_headings,
    heading,
    row_of_headings,
)
from originrisk.data.ingest.text_block import is_utf_8, parse
from originrisk.data.settings import ReadSettings

DELIMITERS = (",", "\t", ";", "|")
_BLOCK = 1 << 23
_LONGEST_HEADINGS = 1 << 16
_SAMPLE = 1 << 16
_MARKS = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_NULS = {"utf-16-le": re.compile(rb"(?:[\t -~]\0){4}"), "utf-16-be": re.compile(rb"(?:\0[\t -~]){4}")}
"""How UTF-16 without a mark begins, for headings begin with Latin letters."""
_MAGIC = {
    b"\xd0\xcf\x11\xe0": "an older workbook, or one with a password",
    b"PAR1": "a Parquet file",
    b"PK\3\4": "a ZIP archive or a workbook",
    b"BZh": "bytes packed by bzip2",
    b"\x28\xb5\x2f\xfd": "bytes packed by Zstandard",
    b"\xfd7zXZ": "bytes packed by XZ",
    b"ARROW1": "an Arrow file",
    b"%PDF": "a PDF",
    b"<": "a page of HTML or XML",
    b"{": "JSON",
    b"[": "JSON",
}
_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)
# Of what is no UTF-8: those that exports are written in.
_EXPORTED = (
    "gb18030",
    "big5",
    "cp932",
    "euc_jp",
    "cp949",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp874",
    "cp437",
)
# Windows' code pages of Latin letters: Western, Central European, Turkish, Baltic, Vietnamese.
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "cp1258")
# A byte that its encoding has no character for becomes one that is no UTF-8 either, so that its line is rejected.
codecs.register_error("foreign", lambda error: ("\udcff", error.end))  # type: ignore[attr-defined]


def layout(path: Path, label: str, wanted: Collection[str], encoding: str | None, limits: ReadSettings) -> FileLayout:
    """Headings, encoding and delimiter. Raises BadInputError where there is no row of column names."""
    size = path.stat().st_size
    longest, notes = limits.most_record_kb * 1024, list[str]()
    if not encoding:
        encoding, notes = _encoding(path, label, Budget(label, size, limits), longest)
    with _open(path, label) as file:
        begins = b""
        for block in _decoded(file, encoding, Budget(label, size, limits)):
            begins += block
            if len(begins) >= _LONGEST_HEADINGS:
                break
        begins = begins[:_LONGEST_HEADINGS]
    if what := next((what for magic, what in _MAGIC.items() if begins.lstrip().startswith(magic)), None):
        raise BadInputError(Problem(label, "a table of text", what, "Save it as CSV in UTF-8, or name it what it is."))
    end = "\r" if b"\r" in begins and b"\n" not in begins else "\n"
    text = begins.decode("utf-8", "replace")
    lines = [line.strip("\r\ufeff") for line in text.split(end)[:ROWS_BEFORE_HEADINGS]]
    stated = _SEPARATOR.fullmatch(lines[0])
    tried = []
    for delimiter in (stated[1],) if stated else DELIMITERS:
        rows = [_cells(line, delimiter) for line in lines]
        if place := row_of_headings(rows[1:] if stated else rows, wanted):
            tried.append((len({*map(heading, place[1])} & {*map(heading, wanted)}), delimiter, place))
    if not tried:
        found = f"no such row among the first {ROWS_BEFORE_HEADINGS}"
        raise BadInputError(Problem(label, "a table with a row of column names", found))
    _, delimiter, (number, cells, before) = max(tried, key=lambda one: (one[0], one[1] == ","))
    if before:
        notes.append(f"{label}: {before} lines before the headings were passed over")
    first = number + 1 + bool(stated)
    headings = checked_headings(label, cells, wanted)
    return FileLayout(headings, first, encoding, delimiter, end=end, longest_record=longest, notes=tuple(notes))


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of a line; none where it is no line of a table."""
    try:
        return [] if "\0" in line else next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def read(path: Path, label: str, shape: FileLayout, budget: Budget) -> Iterator[RecordBatch]:
    """The records, block by block. Raises BadInputError where a compressed file is damaged."""
    row, tail, before = 1, b"", 0
    with path.open("rb") as raw, _open(raw, label) as file:
        blocks = _decoded(file, shape.encoding, budget)
        if shape.end == "\r":
            blocks = (block.replace(b"\r", b"\n") for block in blocks)
        for block, last in _whole_lines(blocks, shape.longest_record):
            parsed = parse(tail + block, row, shape, last=last)
            row, tail = parsed.next_row, parsed.tail
            yield RecordBatch(parsed.table, parsed.rows, parsed.misfits, size=raw.tell() - before)
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


def _decoded(file: IO[bytes], encoding: str, budget: Budget) -> Iterator[bytes]:
    """Blocks of UTF-8. Bytes of a UTF-8 file pass as they are, so that a foreign one spoils its line alone."""
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)(errors="foreign")
    while block := file.read(_BLOCK):
        budget.spend(len(block))
        yield decoder.decode(block).encode("utf-8", "surrogateescape") if decoder else block
    if decoder:
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")


def _whole_lines(blocks: Iterator[bytes], longest: int) -> Iterator[tuple[bytes, bool]]:
    """Blocks that end with a line end, and whether one is the last. Of an endless line the beginning is enough."""
    rest = b""
    for block in blocks:
        whole, end, after = block.rpartition(b"\n")
        if end:
            yield rest + whole + end, False
            rest = after
        else:
            rest += block
        rest = rest[: longest + _BLOCK]
    yield rest, True


def _encoding(path: Path, label: str, budget: Budget, longest: int) -> tuple[str, list[str]]:
    """UTF-16 by its mark, or UTF-8; if nothing in the file is UTF-8, what it may be, with a note.

    A code page is taken only where all that are likely say the same of every byte that occurs. Else the lines with
    such bytes are rejected one by one, and the note names the likely ones: a mapping has to say which.
    """
    with _open(path, label) as file:
        begins = file.read(8)
    for mark, name in _MARKS.items():
        if begins.startswith(mark):
            return name, []
    for name, pattern in _NULS.items():
        if pattern.match(begins):
            return name, [f"{label}: read as {name}, though it has no mark"]
    foreign, lines, sample = set[bytes](), 0, b""
    with _open(path, label) as file:
        for block, _ in _whole_lines(_decoded(file, "utf-8", budget), longest):
            for line in () if block.isascii() else block.splitlines():
                if not line.isascii():
                    if is_utf_8(line):
                        return "utf-8", []
                    foreign.update(re.findall(rb"[\x80-\xff]+", line))
                    lines, sample = lines + 1, (sample + line + b"\n")[:_SAMPLE]
    if not foreign:
        return "utf-8", []
    read_as = {tuple(run.decode(name, "replace") for run in sorted(foreign)) for name in _LATIN}
    if len(read_as) == 1 and all(len(run) == 1 and run.decode(_LATIN[0], "replace").isalpha() for run in foreign):
        same = ", ".join(_LATIN)
        return _LATIN[0], [f"{label}: not UTF-8, read as {_LATIN[0]}: its letters are the same in {same}"]
    likely = from_bytes(sample, cp_isolation=[*_LATIN, *_EXPORTED])
    names = dict.fromkeys(name for match in islice(likely, 6) for name in match.could_be_from_charset)
    names |= dict.fromkeys(name for name in (*_LATIN, *_EXPORTED) if "\ufffd" not in sample.decode(name, "replace"))
    guesses = ", ".join(names) or "none known"
    step = 'Say which in the mapping (`encoding = "…"`) and bring the file in again.'
    return "utf-8", [f"{label}: {lines} lines are not UTF-8; encodings that fit, likelier first: {guesses}. {step}"]

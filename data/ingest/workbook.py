"""Workbooks as records: all sheets with the same headings, values as text, as a person would type them."""

import json
import re
import warnings
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, Final, TypeVar
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import numpy as np
import openpyxl
import pyarrow as pa
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.escape import unescape

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest.records import (
    RAW_KEPT,
    ROWS_BEFORE_HEADINGS,
    UNCALCULATED,
    Budget,
    FileLayout,
    Misfit,
    RecordBatch,
    checked_headings,
    heading,
    row_of_headings,
)
from originrisk.data.settings import ReadSettings

Row = TypeVar("Row")
BATCH = 65_536
MOST_ROWS: Final = 1 << 20
# Strict Open XML has the same elements under names of its own.
_STRICT: Final = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/": b"http://schemas.openxmlformats.org/officeDocument/2006/",
    b"http://purl.oclc.org/ooxml/drawingml/": b"http://schemas.openxmlformats.org/drawingml/2006/",
}
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[ >/]")
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"')


def layouts(
    path: Path, label: str, wanted: Collection[str], sheet: str | None, *, budget: Budget, limits: ReadSettings
) -> list[FileLayout]:
    """Headings of a sheet (default: the one with most of those wanted), and of each later one that has the same.

    Raises BadInputError where the file is no workbook or unpacks beyond its budget.
    """
    try:
        with ZipFile(path) as archive:
            budget.afford(sum(part.file_size for part in archive.infolist()))
            shared = max((p.file_size for p in archive.infolist() if "sharedStrings" in p.filename), default=0)
            if shared > limits.most_group_mb * 1_000_000:
                found = f"{shared // 1_000_000} MB"
                raise BadInputError(Problem(label, f"at most {limits.most_group_mb} MB of shared texts", found))
    except BadZipFile as error:
        step = "A workbook with a password, or of the older kind .xls, has to be saved anew without."
        raise BadInputError(Problem(label, "an XLSX workbook", "bytes that are none", step)) from error
    with _book(path) as book:
        names = [one.title for one in book.worksheets]
        if not names:
            raise BadInputError(Problem(label, "a sheet of cells", "none in this workbook"))
        if sheet and sheet not in names and len(names) > 1:
            raise BadInputError(Problem(label, f"a sheet `{sheet}`", f"`{'`, `'.join(names)}`"))
        hidden = {one.title for one in book.worksheets if one.sheet_state != "visible"}
        tops = {}
        for name in names:
            book[name].reset_dimensions()  # some writers leave a wrong one
            top = _quietly(islice(book[name].iter_rows(values_only=True), ROWS_BEFORE_HEADINGS))
            tops[name] = [_texts(row) for row in top]
        full = {
            name
            for name in names
            if any(map(any, tops[name])) or any(any(row) for row in book[name].iter_rows(values_only=True))
        }
    places = {name: row_of_headings(top, wanted) for name, top in tops.items()}
    known = {name: place for name, place in places.items() if place}
    if not known:
        rows = f"none in the first {ROWS_BEFORE_HEADINGS} rows"
        raise BadInputError(Problem(label, "a row of column names", rows))
    matches = {name: len({*map(heading, wanted)} & {*map(heading, place[1])}) for name, place in known.items()}
    rank = {name: (matches[name] > 0, name not in hidden, matches[name]) for name in known}
    main = sheet if sheet in known else max(known, key=rank.__getitem__)
    headings = checked_headings(label, known[main][1], wanted)
    same = [
        name
        for name, place in known.items()
        if name == main or (name not in hidden and {*map(heading, place[1])} == {*map(heading, headings)})
    ]
    notes = [
        f"{label}: sheet `{name}` has content that was not read{' (it is hidden)' if name in hidden else ''}"
        for name in names
        if name not in same and name in full
    ]
    notes += [f"{label}: sheet `{name}` was read, though it is hidden" for name in same if name in hidden]
    notes += [
        f"{label}: {known[name][2]} rows before the headings of sheet `{name}` were passed over"
        for name in same
        if known[name][2]
    ]
    merged = [ref for ref in _found(path, _MERGED) if (range_boundaries(ref)[3] or 0) > known[main][0]]
    if merged:
        told = f"{label}: {len(merged)} merged ranges, first {merged[0]}"
        notes.append(f"{told}: the value counts for the first of its cells alone, the others are empty")
    return [
        FileLayout(
            checked_headings(label, known[name][1], wanted),
            known[name][0] + 1,
            sheet=name,
            notes=tuple(notes) if name == main else (),
        )
        for name in same
    ]


def read(path: Path, label: str, shape: FileLayout, budget: Budget) -> Iterator[RecordBatch]:
    """Rows of the sheet. Empty rows are passed over; one with cells beyond the headings is a misfit."""
    width = len(shape.headings)
    with _book(path) as book:
        numbered = enumerate(_rows(path, label, book, shape.sheet, budget), start=1)
        while batch := _quietly(islice(numbered, BATCH)):
            full = [(number, row) for number, row in batch if number >= shape.first_row and row]
            fitting = [(number, [*row, *[""] * width][:width]) for number, row in full if len(row) <= width]
            misfits = [
                Misfit(number, json.dumps(row)[:RAW_KEPT], "too many cells") for number, row in full if len(row) > width
            ]
            columns = [pa.array([row[index] for _, row in fitting], pa.string()) for index in range(width)]
            rows = np.array([number for number, _ in fitting], dtype=np.int64)
            typed = {
                name: np.array([isinstance(row[index], TypedNumber) for _, row in fitting], bool)
                for index, name in enumerate(shape.headings)
            }
            yield RecordBatch(pa.table(columns, names=list(shape.headings)), rows, misfits, typed=typed)


def _quietly(rows: Iterator[Row]) -> list[Row]:
    """The rows, without warnings of parts that hold no cells and of dates out of range, which become error cells."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(rows)


@contextmanager
def _book(path: Path, *, results: bool = True) -> Iterator[openpyxl.Workbook]:
    with closing(_transitional(path)) as file:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=results)
        with closing(book):
            yield book


def _transitional(path: Path) -> IO[bytes]:
    """The workbook; one in Strict Open XML under the usual names of elements, which alone the library knows."""
    with ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return path.open("rb")
        if not any(name in archive.read("xl/workbook.xml") for name in _STRICT):
            return path.open("rb")
        usual = BytesIO()
        with ZipFile(usual, "w", ZIP_DEFLATED) as copy:
            for part in archive.infolist():
                content = archive.read(part)
                for name, other in _STRICT.items():
                    content = content.replace(name, other)
                copy.writestr(part.filename, content)
    usual.seek(0)
    return usual


def _found(path: Path, pattern: re.Pattern[bytes]) -> Iterator[str]:
    """Where a pattern occurs in the sheets as they are written."""
    with ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                with archive.open(name) as part:
                    block = b""
                    while more := part.read(1 << 20):
                        block += more
                        found = list(pattern.finditer(block))
                        yield from (match[match.lastindex or 0].decode() for match in found)
                        block = block[max(found[-1].end() if found else 0, len(block) - 256) :]


def _rows(path: Path, label: str, book: openpyxl.Workbook, sheet: str, budget: Budget) -> Iterator[list[str]]:
    """Rows of a sheet as texts, with a mark where a formula has no result."""
    book[sheet].reset_dimensions()
    results: Iterator[tuple[object, ...]] = book[sheet].iter_rows(values_only=True)
    with _book(path, results=False) as formulas:
        if next(_found(path, _FORMULA), None) is not None:
            formulas[sheet].reset_dimensions()
            cells = zip(results, formulas[sheet].iter_rows(), strict=False)
            results = (
                tuple(
                    UNCALCULATED if value is None and cell.data_type == "f" else value
                    for value, cell in zip(*row, strict=True)
                )
                for row in cells
            )
        for number, values in enumerate(results, start=1):
            if number > MOST_ROWS:  # a row may bear any number, and every one before it is an empty row
                raise BadInputError(Problem(label, f"at most {MOST_ROWS:,} rows in a sheet", "a higher number"))
            row = _texts(values)
            budget.spend(8 * len(values) + sum(map(len, row)))
            yield row


def _texts(values: tuple[object, ...]) -> list[str]:
    """The cells of a row, without empty ones at its end."""
    row = [_text(value) for value in values]
    while row and not row[-1]:
        row.pop()
    return row


class TypedNumber(str):
    """The text of a cell that the workbook holds as a number: no comma of it is in doubt."""

    __slots__ = ()


def _text(value: object) -> str:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return TypedNumber(value)
    text = "" if value is None else str(value)
    return unescape(text) if "_x" in text else text

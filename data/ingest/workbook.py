"""Workbooks as records: one sheet, values as text, as a person would type them."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest.records import Layout, Misfit, Records, checked_headings

BATCH = 65_536
_ROWS_BEFORE_HEADINGS = 20


def layout(path: Path, label: str, sheet: str | None) -> Layout:
    """Headings of a sheet (default: the first): its first row with two cells or more."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise BadInputError(Problem(label, "an XLSX workbook", "bytes that are none")) from error
    name = sheet if sheet in book.sheetnames else book.sheetnames[0]
    if sheet and name != sheet and len(book.sheetnames) > 1:
        raise BadInputError(Problem(label, f"a sheet `{sheet}`", f"`{'`, `'.join(book.sheetnames)}`"))
    for number, row in enumerate(islice(_rows(book, name), _ROWS_BEFORE_HEADINGS), start=1):
        if sum(bool(cell) for cell in row) > 1:
            while row and not row[-1]:
                row.pop()
            return Layout(checked_headings(label, row), first_row=number + 1, sheet=name)
    raise BadInputError(
        Problem(label, "a row of column names", f"none in the first {_ROWS_BEFORE_HEADINGS} rows")
    )


def read(path: Path, shape: Layout) -> Iterator[Records]:
    """Rows of the sheet. Empty rows are passed over; one with cells beyond the headings is a misfit."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    width = len(shape.headings)
    numbered = (
        (number, row)
        for number, row in enumerate(_rows(book, shape.sheet), start=1)
        if number >= shape.first_row and any(row)
    )
    while batch := list(islice(numbered, BATCH)):
        fitting = [(number, [*row, *[""] * width][:width]) for number, row in batch if not any(row[width:])]
        misfits = [
            Misfit(number, json.dumps(row), "too many cells") for number, row in batch if any(row[width:])
        ]
        columns = [pa.array([row[index] for _, row in fitting], pa.string()) for index in range(width)]
        rows = np.array([number for number, _ in fitting], dtype=np.int64)
        yield Records(pa.table(columns, names=list(shape.headings)), rows, misfits)


def _rows(book: openpyxl.Workbook, sheet: str) -> Iterator[list[str]]:
    for row in book[sheet].iter_rows(values_only=True):
        yield [_text(value) for value in row]


def _text(value: object) -> str:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)

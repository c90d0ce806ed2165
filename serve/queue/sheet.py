"""Rows as a file for a spreadsheet, CSV or XLSX: text stays text, nothing in it runs, nothing in it breaks the file."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from originrisk.serve.scoring.batch import spreadsheet_cell

LONGEST_CELL: Final = 32_000
"""Characters of a cell; a workbook takes 32,767."""

MOST_ROWS: Final = {"xlsx": 5_000}
"""Rows of a file whose making takes long, for the pages wait for it; a CSV holds any number."""

MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def sheet(kind: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The file: `kind` is a key of MEDIA_TYPES; cells are text, numbers, days or None."""
    safe = ([_cell(value) for value in row] for row in rows)
    return _csv(heads, safe) if kind == "csv" else _xlsx(heads, safe)


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    plain = value[:LONGEST_CELL]
    if not plain.isprintable():
        plain = "".join(one if one.isprintable() or one == "\n" else "\ufffd" for one in plain)
    cut = f"{plain} …" if len(value) > LONGEST_CELL else plain
    return spreadsheet_cell(cut)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()  # the mark tells spreadsheets that it is UTF-8


def _xlsx(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet("queue")
    page.freeze_panes = "A2"
    bold = [WriteOnlyCell(page, head) for head in heads]
    for cell in bold:
        cell.font = Font(bold=True)
    page.append(bold)
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()

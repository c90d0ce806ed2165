"""Workbooks: one sheet, cells as a person would type them."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from originrisk.data.errors import BadInputError
from originrisk.data.ingest import workbook


def _book(path: Path, rows: list[list[object]], *sheets: str) -> Path:
    book = openpyxl.Workbook()
    for name in sheets:
        book.create_sheet(name)
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_typed_cells_become_text_with_the_rows_of_the_sheet(tmp_path: Path) -> None:
    path = _book(
        tmp_path / "lines.xlsx",
        [
            ["Title"],
            [],
            ["a", "b", "c"],
            [date(2021, 3, 5), 7, None],
            [],
            [datetime(2021, 3, 5, 9), 0.5, True],
        ],
    )
    shape = workbook.layout(path, path.name, None)
    (records,) = workbook.read(path, shape)
    assert shape.headings == ("a", "b", "c")
    assert records.rows.tolist() == [4, 6]
    assert [list(row.values()) for row in records.table.to_pylist()] == [
        ["2021-03-05", "7", ""],
        ["2021-03-05T09:00:00", "0.5", "true"],
    ]


def test_a_row_with_cells_beyond_the_headings_suffers_alone(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["a", "b"], [1, 2, 3], [4, 5]])
    (records,) = workbook.read(path, workbook.layout(path, path.name, None))
    assert records.rows.tolist() == [3]
    assert [(misfit.row, misfit.reason) for misfit in records.misfits] == [(2, "too many cells")]


def test_a_workbook_without_the_sheet_is_refused_with_the_sheets_it_has(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["a", "b"]], "Other")
    with pytest.raises(BadInputError, match="`Sheet`, `Other`"):
        workbook.layout(path, path.name, "Main Report")


def test_a_sheet_without_headings_is_refused(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["only one cell"]])
    with pytest.raises(BadInputError, match="a row of column names"):
        workbook.layout(path, path.name, None)

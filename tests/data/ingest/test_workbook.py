"""Workbooks: sheets with the same headings are one table; cells as a person would type them; nothing lost unsaid."""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from originrisk.data.errors import BadInputError
from originrisk.data.ingest import workbook
from originrisk.data.ingest.records import UNCALCULATED, Budget, FileLayout
from originrisk.data.settings import ReadSettings


def _book(path: Path, rows: list[list[object]], *sheets: str) -> Path:
    book = openpyxl.Workbook()
    for name in sheets:
        book.create_sheet(name)
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def _layouts(path: Path, sheet: str | None = None) -> list[FileLayout]:
    limits = ReadSettings()
    return workbook.layouts(path, path.name, {"a", "b", "c"}, sheet, budget=_budget(path), limits=limits)


def _budget(path: Path) -> Budget:
    return Budget(path.name, path.stat().st_size, ReadSettings())


def test_typed_cells_become_text_with_the_rows_of_the_sheet(tmp_path: Path) -> None:
    path = _book(
        tmp_path / "lines.xlsx",
        [["Title"], [], ["a", "b", "c"], [date(2021, 3, 5), 7, None], [], [datetime(2021, 3, 5, 9), 0.5, True]],
    )
    (shape,) = _layouts(path)
    (records,) = workbook.read(path, path.name, shape, _budget(path))
    assert shape.headings == ("a", "b", "c")
    assert records.rows.tolist() == [4, 6]
    assert [list(row.values()) for row in records.table.to_pylist()] == [
        ["2021-03-05", "7", ""],
        ["2021-03-05T09:00:00", "0.5", "true"],
    ]


def test_a_row_with_cells_beyond_the_headings_suffers_alone(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["a", "b"], [1, 2, 3], [4, 5]])
    (records,) = workbook.read(path, path.name, *_layouts(path), _budget(path))
    assert records.rows.tolist() == [3]
    assert [(misfit.row, misfit.reason) for misfit in records.misfits] == [(2, "too many cells")]


def test_a_workbook_without_the_sheet_is_refused_with_the_sheets_it_has(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["a", "b"]], "Other")
    with pytest.raises(BadInputError, match="`Sheet`, `Other`"):
        _layouts(path, "Main Report")


def test_a_sheet_without_headings_is_refused(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["only one cell"]])
    with pytest.raises(BadInputError, match="a row of column names"):
        _layouts(path)


def test_all_visible_sheets_with_the_same_headings_are_one_table_and_others_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for number, name in enumerate(["Cover", "Lines", "Lines (2)", "Old", "Empty"]):
        sheet = book.create_sheet(name, number)
        for row in {"Cover": [["Report", "x"]], "Empty": []}.get(name, [["A", "b"], [number, 2]]):
            sheet.append(row)
    book["Old"].sheet_state = "hidden"
    book.remove(book["Sheet"])
    book.save(tmp_path / "lines.xlsx")
    shapes = _layouts(tmp_path / "lines.xlsx")
    assert [shape.sheet for shape in shapes] == ["Lines", "Lines (2)"]
    assert [note.split(": ", 1)[1] for note in shapes[0].notes] == [
        "sheet `Cover` has content that was not read",
        "sheet `Old` has content that was not read (it is hidden)",
    ]


def test_rows_before_the_headings_are_told(tmp_path: Path) -> None:
    rows = [["Report:", "Lines"], ["Run:", "today"], [], ["a", "b"], [1, 2]]
    (shape,) = _layouts(_book(tmp_path / "lines.xlsx", rows))
    assert (shape.headings, shape.first_row) == (("a", "b"), 5)
    assert shape.notes == ("lines.xlsx: 2 rows before the headings of sheet `Sheet` were passed over",)


def test_merged_cells_are_told(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(_book(tmp_path / "lines.xlsx", [["a", "b"], [1, 2], [None, 3]]))
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "lines.xlsx")
    (shape,) = _layouts(tmp_path / "lines.xlsx")
    assert [note for note in shape.notes if "merged ranges, first A2:A3" in note]


def _parts(path: Path, edit: Callable[[str], str]) -> Path:
    with ZipFile(path) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    with ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, edit(content))
    return path


def _cells(path: Path) -> list[dict[str, str]]:
    (shape,) = _layouts(path)
    return [row for part in workbook.read(path, path.name, shape, _budget(path)) for row in part.table.to_pylist()]


def test_a_formula_without_a_result_and_an_error_are_not_taken_for_nothing(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["a", "b", "c"], ["=1+1", "#REF!", 3]])
    assert _cells(path) == [{"a": UNCALCULATED, "b": "#REF!", "c": "3"}]


def test_a_wrong_dimension_is_not_believed(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["a", "b", "c"], [1, 2, 3], [4, 5, 6]])
    _parts(path, lambda part: re.sub('<dimension ref="[^"]*"', '<dimension ref="A1:B2"', part))
    assert _cells(path) == [{"a": "1", "b": "2", "c": "3"}, {"a": "4", "b": "5", "c": "6"}]


def test_strict_open_xml_is_read(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["a", "b"], ["x", date(2021, 3, 5)]])
    usual, strict = "http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml"
    names = {f"{usual}/spreadsheetml/2006/main": f"{strict}/spreadsheetml/main"}
    names |= {f"{usual}/officeDocument/2006/": f"{strict}/officeDocument/"}

    def renamed(part: str) -> str:
        for name, other in names.items():
            part = part.replace(name, other)
        return part

    assert _cells(_parts(path, renamed)) == [{"a": "x", "b": "2021-03-05"}]


@pytest.mark.parametrize(
    "more",
    [
        '<row r="99999999"><c r="A99999999"><v>1</v></c></row>',
        "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(9, 999)),
        "<row><c><v>1</v></c></row>" * 4_000_000,
    ],
    ids=["a row far away", "cells far away", "endless rows"],
)
def test_a_sheet_beyond_its_budget_is_refused(tmp_path: Path, more: str) -> None:
    path = _book(tmp_path / "lines.xlsx", [["a", "b"], [1, 2]])
    with ZipFile(path) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content.replace("</sheetData>", f"{more}</sheetData>"))
    with pytest.raises((BadInputError, ValueError)):
        _cells(path)


def test_lines_in_a_hidden_sheet_beside_visible_notes_are_read_and_told(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["a", "b"], [1, 2]], "notes")
    book = openpyxl.load_workbook(path)
    book["notes"].append(["see", "other"])
    book["Sheet"].sheet_state, book.active = "hidden", 1
    book.save(path)
    (shape,) = _layouts(path)
    assert shape.sheet == "Sheet"
    assert any("it is hidden" in note for note in shape.notes)


def test_content_far_down_in_another_sheet_is_told(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["a", "b"], [1, 2]], "notes")
    book = openpyxl.load_workbook(path)
    book["notes"].cell(90, 3, "far")
    book.save(path)
    assert "`notes` has content" in _layouts(path)[0].notes[0]


def test_escapes_of_control_characters_are_what_they_stand_for(tmp_path: Path) -> None:
    path = _book(tmp_path / "lines.xlsx", [["a", "b"], ["A_x000D_B", "x"]])
    (shape,) = _layouts(path)
    (records,) = workbook.read(path, path.name, shape, _budget(path))
    assert records.table["a"].to_pylist() == ["A\rB"]

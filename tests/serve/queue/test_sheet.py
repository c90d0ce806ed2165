"""Spreadsheet files out of hostile text, opened with a spreadsheet library."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from originrisk.serve.queue.sheet import LONGEST_CELL, sheet

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "＝1",
    "=HYPERLINK(\"http://evil\")",
    "a\x00b\x07",
    "\u202egnp.exe",
    "z\u200bw",
    "<script>alert(1)</script>",
    "x" * 40_000,
    "quote\" , \r\n newline",
]  # fmt: skip


def cells(kind: str, rows: list[list[Any]]) -> list[list[Any]]:
    file = sheet(kind, ["a", "b"], rows)
    if kind == "csv":
        return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))[1:]
    page = load_workbook(io.BytesIO(file)).active
    assert page is not None
    assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    return [list(row) for row in page.iter_rows(min_row=2, values_only=True)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_stays_text(kind: str, text: str) -> None:
    ((said, _),) = cells(kind, [[text, 1]])
    assert said[0] not in "=+-@\t＝"
    assert len(said) <= LONGEST_CELL + 3
    assert all(one.isprintable() or one in "\n" for one in said)


def test_numbers_and_days_stay_what_they_are() -> None:
    assert cells("xlsx", [[0.25, date(2021, 2, 5)], [None, 3]])[0][0] == 0.25
    assert cells("csv", [[0.25, date(2021, 2, 5)], [None, 3]]) == [["0.25", "2021-02-05"], ["", "3"]]

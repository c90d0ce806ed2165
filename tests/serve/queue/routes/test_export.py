"""Exports of the queue: the lines of the page, safe, masked, on the record."""

import csv
import hashlib
import io
import json
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from originrisk.data.contract import ENTRIES
from originrisk.data.store.tables import Store
from originrisk.serve.queue.db.tables import AUDIT
from originrisk.serve.queue.routes import export
from originrisk.serve.queue.routes.export import LONGEST_CELL, sheet
from tests.serve.online.served import DAY
from tests.serve.queue.office import Office, lines, write

QUERY = f"day={DAY}&scope=all"


def opened(kind: str, file: bytes) -> list[dict[str, Any]]:
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    page = load_workbook(io.BytesIO(file)).active
    assert page is not None
    assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    heads, *rows = page.iter_rows(values_only=True)
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_holds_the_lines_of_the_page_with_what_officers_made_of_them(at: Office, kind: str) -> None:
    ann, key = at.at_work("ann"), lines(at)[0]
    write(ann, key, decision="request_documents")
    answer = ann.get(f"/queue.{kind}?{QUERY}")
    assert answer.status_code == 200
    assert f'filename="queue-{DAY}.{kind}"' in answer.headers["content-disposition"]
    rows = opened(kind, answer.content)
    scores = Store(at.settings.home).scores(DAY, DAY).to_pylist()
    assert {(row["entry number"], int(row["line"])) for row in rows} == {
        (row["entry_number"], row["line_number"]) for row in scores
    }
    (mine,) = [row for row in rows if (row["entry number"], int(row["line"])) == key]
    assert (mine["decision"], mine["chosen"]) == ("Request documents", "by rank")
    inside = opened(kind, ann.get(f"/queue.{kind}?day={DAY}").content)
    assert len(inside) == sum(row["place"] is not None for row in scores) < len(rows)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_importer_number_leaves_and_no_text_runs(at: Office, kind: str) -> None:
    store = Store(at.settings.home)
    table = store.entries(DAY, DAY).to_pylist()
    table[0] |= {"manufacturer_name": '=HYPERLINK("http://evil")', "description": "+1\u202e<script>"}
    store.upsert("entries", ENTRIES.schema.empty_table().from_pylist(table, schema=ENTRIES.schema).to_batches())
    file = at.at_work("ann").get(f"/queue.{kind}?{QUERY}").content
    rows = opened(kind, file)
    texts = [str(value) for row in rows for value in row.values()]
    assert not [text for text in texts if text.startswith(("=", "+"))]
    assert '\'=HYPERLINK("http://evil")' in texts
    assert "'+1‹U+202E›<script>" in texts
    numbers = {row["importer_number"] for row in table}
    assert not [text for text in texts if any(number in text for number in numbers)]


def test_what_left_is_on_the_record(at: Office) -> None:
    file = at.at_work("ann").get(f"/queue.csv?{QUERY}").content
    with at.context.database.reading() as connection:
        told = select(AUDIT.c.details).where(AUDIT.c.action == "export made")
        details = json.loads(connection.execute(told).scalar_one())
    assert details == {"query": QUERY, "lines": 10, "sha256": hashlib.sha256(file).hexdigest()}


def test_another_kind_or_filter_is_not_understood(at: Office) -> None:
    ann = at.at_work("ann")
    assert ann.get("/queue.pdf").status_code == 422
    assert ann.get("/queue.csv?everything=1").status_code == 422


def test_the_random_sample_has_no_score_in_it_as_on_the_page(at: Office) -> None:
    rows = opened("csv", at.at_work("ann").get(f"/queue.csv?{QUERY}").content)
    by_lot = [row for row in rows if row["chosen"] == "by lot (random sample)"]
    others = [row for row in rows if row["chosen"] == "by rank"]
    assert {(row["entry number"], int(row["line"])) for row in by_lot} == set(lines(at, "lot"))
    assert {row[head] for row in by_lot for head in ("probability", "rank", "why", "red flags and law")} == {""}
    assert others
    assert all(row["probability"] and row["rank"] and row["why"] for row in others)


def test_a_workbook_that_would_take_long_is_refused_and_the_csv_is_whole(
    at: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(export.MOST_ROWS, "xlsx", 9)
    ann = at.at_work("ann")
    refused = ann.get(f"/queue.xlsx?{QUERY}")
    assert refused.status_code == 422
    assert "at most 9 lines" in refused.text
    assert "CSV" in refused.text
    page = ann.get(f"/queue?{QUERY}").text
    assert "/queue.csv?" in page
    assert "/queue.xlsx?" not in page
    assert len(opened("csv", ann.get(f"/queue.csv?{QUERY}").content)) == 10


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

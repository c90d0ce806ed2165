"""The exported file: what a spreadsheet or a program reads back."""

import csv
import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from originrisk.data.contract import SCORES
from originrisk.data.errors import UsageError
from originrisk.serve.scoring.batch import check_target, spreadsheet_cell, write_scores
from originrisk.serve.scoring.ranking import SWAYING

FACT = {"name": "n", "value": "=1+1", "count": 1, "of": 2, "usual": 0.5, "source": "entries"}
REASON = {"concept": "price", "contribution": 0.5, "text": 'unit value, "low"', "facts": [FACT]}


def scores(**changes: object) -> pa.Table:
    row = {
        "entry_number": "ABC12345676",
        "line_number": 1,
        "entry_date": date(2021, 3, 1),
        "probability": 0.25,
        "rank": 1,
        "reasons": [REASON],
        "model_version": "0123456789ab",
        "history_date": date(2021, 2, 28),
    }
    return pa.Table.from_pylist([{**row, **changes}], schema=SCORES.schema)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_a_spreadsheet_would_run_is_marked_as_text(start: str) -> None:
    assert spreadsheet_cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["ABC12345676", "a=b", "", None, "'=1"])
def test_other_text_is_left_alone(text: str | None) -> None:
    assert spreadsheet_cell(text) == text


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_random_sample_leaves_without_what_would_sway_its_examination(tmp_path: Path, kind: str) -> None:
    both = pa.concat_tables(
        [
            scores(selection="lot", probability=0.987654, log_odds=4.321, summary="98.8 %"),
            scores(entry_number="ABC12345684", selection="order", rank=2),
        ]
    )
    write_scores(both, tmp_path / f"out.{kind}")
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist() if kind == "parquet" else read_csv(tmp_path / "out.csv")
    assert [row["entry_number"] for row in rows] == ["ABC12345684", "ABC12345676"]
    assert rows[0]["probability"] in (0.25, "0.25")
    for name in SWAYING:
        assert rows[1][name] in (None, "", "null"), name
    assert rows[1]["selection"] == "lot"


def test_csv_neutralises_text_cells_only(tmp_path: Path) -> None:
    write_scores(scores(model_version="=1+1", probability=-0.0), tmp_path / "out.csv")
    (row,) = read_csv(tmp_path / "out.csv")
    assert row["model_version"] == "'=1+1"
    assert float(row["probability"]) == 0


def test_csv_holds_every_column_and_reasons_as_json(tmp_path: Path) -> None:
    write_scores(scores(), tmp_path / "out.csv")
    (row,) = read_csv(tmp_path / "out.csv")
    assert tuple(row) == SCORES.names
    assert json.loads(row["reasons"]) == [REASON]
    assert row["entry_date"] == "2021-03-01"


def test_parquet_gives_back_the_table(tmp_path: Path) -> None:
    write_scores(scores(), tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet").equals(scores())


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_an_empty_day_is_a_valid_empty_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    write_scores(SCORES.schema.empty_table(), path)
    if suffix == ".csv":
        assert path.read_text("utf-8").replace('"', "").split() == [",".join(SCORES.names)]
    else:
        assert pq.read_table(path).schema.equals(SCORES.schema)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    nested = pa.table({"reasons": [{"not": "a list"}], "selection": ["order"]})
    with pytest.raises(pa.ArrowInvalid):
        write_scores(nested, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_all_that_is_wrong_with_the_target_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        check_target(tmp_path / "absent" / "out.xls")
    assert len(refused.value.problems) == 2

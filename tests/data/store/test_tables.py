"""The store: rows come back in order, corrections replace, versions stay, writers exclude each other."""

import os
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from filelock import FileLock

from originrisk.data.contract import ENTRIES, LISTED, OUTCOMES, SCORES
from originrisk.data.errors import AlreadyRunningError, BadInputError
from originrisk.data.store import lake
from originrisk.data.store.tables import Store


def _line(number: int = 1, day: date = date(2021, 3, 5), **cells: object) -> dict[str, object]:
    return {
        "entry_number": "ABC12345676",
        "line_number": number,
        "entry_date": day,
        "received_on": day,
        "country_of_origin": "VN",
        "htsus": "6109100012",
        "entered_value_usd": 100.0,
        "manufacturer_name": "LAMBDA KNIT",
        **cells,
    }


def _batches(*rows: dict[str, object], schema: pa.Schema = ENTRIES.schema) -> Iterator[pa.RecordBatch]:
    yield from pa.Table.from_pylist(list(rows), schema=schema).to_batches()


def _score(rank: int, day: date, probability: float = 0.5) -> dict[str, object]:
    reason = {"feature": "f", "family": "lane", "value": 1.0, "contribution": 0.2, "text": "new lane"}
    return {
        "entry_number": "ABC12345676",
        "line_number": rank,
        "entry_date": day,
        "probability": probability,
        "rank": rank,
        "reasons": [reason] if rank == 1 else None,
        "model_version": "m1",
        "history_date": date(2021, 3, 4),
    }


def _scores(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=SCORES.schema)


def test_an_empty_home_reads_as_empty_tables_of_the_contract(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.entries().schema == ENTRIES.schema
    assert store.outcomes().schema == OUTCOMES.schema
    assert store.listed().schema == LISTED.schema
    assert store.scores(date(2021, 1, 1), date(2021, 12, 31)).schema == SCORES.schema
    assert store.versions() == {}


def test_lines_come_back_sorted_and_within_inclusive_dates(tmp_path: Path) -> None:
    store = Store(tmp_path)
    days = [date(2021, 4, 1), date(2021, 3, 31), date(2021, 2, 1), date(2021, 5, 1)]
    store.upsert("entries", _batches(*(_line(n, day) for n, day in enumerate(days, start=1))))
    found = store.entries(date(2021, 3, 31), date(2021, 4, 1))
    assert found.schema == ENTRIES.schema
    assert found["line_number"].to_pylist() == [2, 1]
    assert store.entries(columns=["entry_date"])["entry_date"].to_pylist() == sorted(days)


def test_the_same_rows_again_make_no_version(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.upsert("entries", _batches(_line(1), _line(2)))
    before = store.versions()
    counts = store.upsert("entries", _batches(_line(1), _line(2)))
    assert (counts.new, counts.corrected, counts.unchanged) == (0, 0, 2)
    assert store.versions() == before


def test_a_correction_replaces_the_line_and_leaves_the_old_version_readable(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.upsert("entries", _batches(_line(1), _line(2)))
    old = store.versions()["entries"]
    counts = store.upsert("entries", _batches(_line(2, entered_value_usd=7.0), _line(3)))
    assert (counts.new, counts.corrected, counts.unchanged) == (1, 1, 0)
    assert store.entries()["entered_value_usd"].to_pylist() == [100.0, 7.0, 100.0]
    assert store.entries(version=old)["entered_value_usd"].to_pylist() == [100.0, 100.0]


def test_a_correction_may_move_a_line_to_another_month(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.upsert("entries", _batches(_line(1), _line(2), _line(3, date(2021, 6, 1))))
    store.upsert("entries", _batches(_line(2, date(2021, 9, 9))))
    assert store.entries()["line_number"].to_pylist() == [1, 3, 2]
    assert store.entries(date(2021, 3, 1), date(2021, 3, 31)).num_rows == 1


def test_a_null_that_becomes_a_value_is_a_correction(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.upsert("entries", _batches(_line(1)))
    assert store.upsert("entries", _batches(_line(1, quantity=0.0))).corrected == 1
    assert store.upsert("entries", _batches(_line(1))).corrected == 1


def test_outcomes_are_upserted_without_partitions(tmp_path: Path) -> None:
    store = Store(tmp_path)
    pending = {"entry_number": "A", "line_number": 1, "selected_date": date(2021, 1, 1), "selection": "random"}
    known = pending | {"outcome_date": date(2021, 2, 1), "result": "xinjiang"}
    other = pending | {"line_number": 2}
    store.upsert("outcomes", _batches(pending, other, schema=OUTCOMES.schema))
    assert store.upsert("outcomes", _batches(known, schema=OUTCOMES.schema)).corrected == 1
    assert store.outcomes()["result"].to_pylist() == ["xinjiang", None]


def test_days_scored_before_a_column_joined_the_contract_stay_readable(tmp_path: Path) -> None:
    store, first, second = Store(tmp_path), date(2021, 3, 5), date(2021, 3, 6)
    columns = ["against", "base_log_odds", "log_odds", "flags", "summary", "reasons"]
    told = [{"feature": "f", "family": "price", "value": 1.0, "contribution": 0.5, "text": "As it was."}]
    older = _scores(_score(1, first)).drop_columns(columns).append_column("reasons", pa.array([told]))
    lake.write(tmp_path / "lake" / "scores", older)
    store.replace_day("scores", second, _scores({**_score(1, second), "log_odds": -1.5}))
    assert store.scores(first, second)["log_odds"].to_pylist() == [None, -1.5]
    kept = {"concept": None, "contribution": 0.5, "text": "As it was.", "facts": None}
    assert store.scores(first, first)["reasons"].to_pylist() == [[kept]]
    store.replace_day("scores", first, _scores({**_score(1, first), "log_odds": -2.5}))
    assert store.scores(first, second)["log_odds"].to_pylist() == [-2.5, -1.5]


def test_a_day_of_scores_is_replaced_and_its_neighbours_stay(tmp_path: Path) -> None:
    store, first, second = Store(tmp_path), date(2021, 3, 5), date(2021, 3, 6)
    store.replace_day("scores", first, _scores(_score(1, first), _score(2, first)))
    store.replace_day("scores", second, _scores(_score(1, second)))
    store.replace_day("scores", first, _scores(_score(1, first, 0.9)))
    found = store.scores(first, second)
    assert found["probability"].to_pylist() == [0.9, 0.5]
    assert found["reasons"].to_pylist()[0][0]["text"] == "new lane"


def test_the_same_day_of_scores_again_makes_no_version(tmp_path: Path) -> None:
    store, day = Store(tmp_path), date(2021, 3, 5)
    store.replace_day("scores", day, _scores(_score(2, day), _score(1, day)))
    before = store.versions()
    store.replace_day("scores", day, _scores(_score(1, day), _score(2, day)))
    assert store.versions() == before


def test_an_emptied_day_holds_nothing(tmp_path: Path) -> None:
    store, day = Store(tmp_path), date(2021, 3, 5)
    store.replace_day("scores", day, _scores(_score(1, day)))
    store.replace_day("scores", day, _scores())
    assert store.scores(day, day).num_rows == 0


def test_a_second_writer_is_turned_away_and_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with FileLock(tmp_path / "store.lock"), pytest.raises(AlreadyRunningError):
        store.upsert("entries", _batches(_line(1)))
    assert store.versions() == {}


def test_what_a_killed_run_left_staged_does_not_disturb(tmp_path: Path) -> None:
    (tmp_path / "tmp" / "left").mkdir(parents=True)
    (tmp_path / "tmp" / "left" / "staged.parquet").write_bytes(b"half")
    store = Store(tmp_path)
    assert store.upsert("entries", _batches(_line(1))).new == 1
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_home_without_a_world_has_no_truth(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="originrisk world"):
        Store(tmp_path).truth()


def test_a_home_that_the_table_format_cannot_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="home"):
        Store(tmp_path / "50%41")


def test_a_table_made_before_a_column_joined_the_contract_is_read_and_widened(tmp_path: Path) -> None:
    store, row = Store(tmp_path), {"name": "A", "programme": "WRO", "effective_date": date(2021, 1, 1)}
    earlier = pa.Table.from_pylist([row], LISTED.schema).drop_columns(["known_from", "removal_known_from"])
    lake.write(tmp_path / "lake" / "listed", earlier)
    assert store.listed().to_pylist() == [dict.fromkeys(LISTED.names) | row]
    told = row | {"known_from": date(2021, 2, 1)}
    assert store.upsert("listed", _batches(told, schema=LISTED.schema)).corrected == 1
    assert store.listed()["known_from"].to_pylist() == [date(2021, 2, 1)]
    assert store.listed(version=0)["known_from"].to_pylist() == [None]


def test_what_a_killed_reader_spilled_goes_with_the_next_writer(tmp_path: Path) -> None:
    store = Store(tmp_path)
    left, living = tmp_path / "spill-999999999-a", tmp_path / f"spill-{os.getpid()}-b"
    for folder in (left, living):
        folder.mkdir()
    with store.writing():
        assert (left.exists(), living.exists()) == (False, True)


def test_a_reader_spills_under_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with Store(tmp_path, 0.05).reading() as connection:
        connection.execute("SET threads = 1")
        wide = "SELECT hash(range) AS key, repeat('x', 40) || range AS text FROM range(2000000) ORDER BY key"
        assert len(connection.execute(wide).fetchmany(10)) == 10
        assert list(tmp_path.glob("spill-*/*"))
    assert not list(tmp_path.iterdir())

"""A day's lines: who is new, what is filtered and grouped, what is found again after the store has changed."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.serve.queue.db.work import OfficerWork
from originrisk.serve.queue.evidence import queue_query
from originrisk.serve.queue.evidence.queue_query import FILTERS, QueueQuery
from originrisk.serve.queue.evidence.reading import Reading, background_reading
from tests.serve import factory
from tests.serve.queue.evidence.past import DAY, HOSTILE, key, line

NOBODY = OfficerWork({}, {}, {}, "ann")


def names(reading: Reading, worked: OfficerWork = NOBODY, **asked: object) -> list[str]:
    """Suppliers of the lines that are shown."""
    day = reading.day(DAY)
    found = queue_query.rows(day, QueueQuery.model_validate({"scope": "all", **asked}), worked)
    names: list[str] = day.lines["manufacturer_name"].take(pa.array(found)).to_pylist()
    return names


def test_every_scored_line_of_the_day_is_there_in_the_order_of_the_queue(reading: Reading) -> None:
    day = reading.day(DAY)
    scores = reading.kept.store.scores(DAY, DAY)
    assert len(day.lines) == len(scores) > 4
    places = [place or 10_000 for place in day.lines["place"].to_pylist()]
    assert places == sorted(places)
    assert day.unscored == 0


def test_a_supplier_is_new_where_no_line_of_it_was_known_before_the_day(reading: Reading) -> None:
    assert "Brand New Mill" in names(reading, supplier="new")
    assert "Steady Mill" in names(reading, supplier="known")
    assert not {"Brand New Mill"} & set(names(reading, supplier="known"))


@pytest.mark.parametrize(
    ("asked", "column", "value"),
    [
        ({"origin": "VN"}, "country_of_origin", "VN"),
        ({"heading": "6109"}, "heading", "6109"),
        ({"chosen": "lot"}, "selection", "lot"),
        ({"chosen": "order"}, "selection", "order"),
    ],
)
def test_filters_keep_just_the_lines_that_fit(
    reading: Reading, asked: dict[str, str], column: str, value: str
) -> None:
    day = reading.day(DAY)
    found = queue_query.rows(day, QueueQuery.model_validate({"scope": "all", **asked}), NOBODY).tolist()
    fits = [row for row, cell in enumerate(day.lines[column].to_pylist()) if cell == value]
    assert found == fits
    assert 0 < len(found) < len(day.lines)


def test_the_programme_is_an_order_on_the_goods_that_the_day_sees(reading: Reading) -> None:
    assert names(reading, programme="Xinjiang order")
    assert not names(reading, programme="UFLPA")  # the unit came later


def test_lines_outside_capacity_are_shown_only_when_asked_for(reading: Reading) -> None:
    day = reading.day(DAY)
    inside = queue_query.rows(day, QueueQuery(), NOBODY)
    assert len(inside) == day.lines["place"].is_valid().to_pylist().count(True)


def test_decided_lines_and_those_of_an_officer_are_told_apart(reading: Reading) -> None:
    worked = OfficerWork({key(1): "examine"}, {key(1): 1}, {key(2): "ann", key(3): "bob"}, "ann")
    everything, open_ = names(reading), names(reading, worked, state="open")
    assert len(open_) == len(everything) - 1
    assert (
        names(reading, worked, state="examine") == names(reading, worked, state="decided") == ["Steady Mill"]
    )
    assert names(reading, worked, state="release") == []
    assert names(reading, worked, officer="me") == ["Brand New Mill"]
    assert len(names(reading, worked, officer="nobody")) == len(everything) - 2


@pytest.mark.parametrize("group", ["supplier", "importer", "ring", "port"])
def test_a_group_stands_together_and_lines_of_none_come_last(reading: Reading, group: str) -> None:
    day = reading.day(DAY)
    found = queue_query.rows(day, QueueQuery(scope="all", group=group), NOBODY)
    groups = queue_query.group_of(day, group)[found]
    runs = groups[np.flatnonzero(np.diff(groups, prepend=-2))]
    assert len(runs) == len(set(runs.tolist()))
    assert -1 not in runs[:-1]
    assert sorted(found.tolist()) == list(range(len(day.lines)))


def test_importer_numbers_are_masked(reading: Reading) -> None:
    lines = reading.day(DAY).lines
    assert "importer_number" not in lines.column_names
    assert not [row for row in lines.to_pylist() if "7654321" in str(row)]


def test_pages_hold_every_line_once(monkeypatch: pytest.MonkeyPatch, reading: Reading, home: Path) -> None:
    monkeypatch.setattr(queue_query, "SHOWN", 3)
    day = reading.day(DAY)

    def keys(number: int) -> list[str]:
        shown = queue_query.shown(home, day, QueueQuery(scope="all", page=number), NOBODY)
        return [line["entry_number"] for line in shown.lines]

    last = queue_query.shown(home, day, QueueQuery(scope="all"), NOBODY).pages
    assert last == -(-len(day.lines) // 3)
    together = [key for number in range(1, last + 1) for key in keys(number)]
    assert together == day.lines["entry_number"].to_pylist()
    assert keys(99) == []


def test_what_the_store_learns_is_seen_at_once(tmp_path: Path) -> None:
    settings = factory.home(tmp_path)
    home = background_reading(
        Settings(home=tmp_path, history_start=factory.START), Store(tmp_path), patience=60
    )
    reading, newest = home.get()
    assert newest
    assert reading.shown is None
    assert len(reading.day(DAY).lines) == 0
    late = pa.Table.from_pylist([line(7, DAY - timedelta(1), description=HOSTILE)], schema=ENTRIES.schema)
    before = reading.day(DAY - timedelta(1)).unscored
    Store(settings.home).upsert("entries", late.to_batches())
    assert reading.day(DAY - timedelta(1)).unscored == before
    reading, newest = home.get()
    assert newest
    assert reading.day(DAY - timedelta(1)).unscored == before + 1


@pytest.mark.parametrize("name", [name for name, one in FILTERS.items() if one.column])
def test_every_value_of_a_filter_has_words(name: str) -> None:
    assert isinstance(FILTERS[name].named("2704"), str)

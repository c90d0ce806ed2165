"""A day's lines: who is new, what is filtered and grouped, what is found again after the store has changed."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.lines import Lines
from originrisk.serve.queue.db.work import OfficerWork
from originrisk.serve.queue.evidence import day, queue_query
from originrisk.serve.queue.evidence.queue_query import FILTERS, QueueQuery
from originrisk.serve.queue.evidence.reading import StoreSnapshot, background_reading
from originrisk.serve.scoring.ranking import LOT
from tests.serve import factory
from tests.serve.queue.evidence.past import DAY, HOSTILE, key, line

NOBODY = OfficerWork({}, {}, {}, "ann")


def names(reading: StoreSnapshot, worked: OfficerWork = NOBODY, **asked: object) -> list[str]:
    """Suppliers of the lines that are shown."""
    today = reading.day(DAY)
    found = queue_query.rows(today, QueueQuery.model_validate({"scope": "all", **asked}), worked)
    names: list[str] = today.lines["manufacturer_name"].take(pa.array(found)).to_pylist()
    return names


def test_every_scored_line_of_the_day_is_there_in_the_order_of_the_queue(reading: StoreSnapshot) -> None:
    today = reading.day(DAY)
    scores = reading.kept.store.scores(DAY, DAY)
    assert len(today.lines) == len(scores) > 4
    places = [place or 10_000 for place in today.lines["place"].to_pylist()]
    assert places == sorted(places)
    assert today.unscored == 0


def test_a_supplier_is_new_where_no_line_of_it_was_known_before_the_day(reading: StoreSnapshot) -> None:
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
    reading: StoreSnapshot, asked: dict[str, str], column: str, value: str
) -> None:
    today = reading.day(DAY)
    found = queue_query.rows(today, QueueQuery.model_validate({"scope": "all", **asked}), NOBODY).tolist()
    fits = [row for row, cell in enumerate(today.lines[column].to_pylist()) if cell == value]
    assert found == fits
    assert 0 < len(found) < len(today.lines)


def test_the_programme_is_an_order_on_the_goods_that_the_day_sees(reading: StoreSnapshot) -> None:
    assert names(reading, programme="Xinjiang order")
    assert not names(reading, programme="UFLPA")  # the unit came later


def test_lines_outside_capacity_are_shown_only_when_asked_for(reading: StoreSnapshot) -> None:
    today = reading.day(DAY)
    inside = queue_query.rows(today, QueueQuery(), NOBODY)
    assert len(inside) == today.lines["place"].is_valid().to_pylist().count(True)


def test_decided_lines_and_those_of_an_officer_are_told_apart(reading: StoreSnapshot) -> None:
    worked = OfficerWork({key(1): "examine"}, {key(1): 1}, {key(2): "ann", key(3): "bob"}, "ann")
    everything, open_ = names(reading), names(reading, worked, state="open")
    assert len(open_) == len(everything) - 1
    assert names(reading, worked, state="examine") == names(reading, worked, state="decided") == ["Steady Mill"]
    assert names(reading, worked, state="release") == []
    assert names(reading, worked, officer="me") == ["Brand New Mill"]
    assert len(names(reading, worked, officer="nobody")) == len(everything) - 2


@pytest.mark.parametrize("group", ["supplier", "importer", "ring", "port"])
def test_a_group_stands_together_and_lines_of_none_come_last(reading: StoreSnapshot, group: str) -> None:
    today = reading.day(DAY)
    found = queue_query.rows(today, QueueQuery(scope="all", group=group), NOBODY)
    groups = queue_query.group_of(today, group)[found]
    runs = groups[np.flatnonzero(np.diff(groups, prepend=-2))]
    assert len(runs) == len(set(runs.tolist()))
    assert -1 not in runs[:-1]
    assert sorted(found.tolist()) == list(range(len(today.lines)))


def test_ranks_leave_no_gap_where_a_line_was_drawn_by_lot(reading: StoreSnapshot) -> None:
    lines = reading.day(DAY).lines.to_pylist()
    ranks = [line["rank"] for line in lines if line["selection"] != LOT]
    assert sorted(ranks) == list(range(1, len(ranks) + 1))
    assert {line["rank"] for line in lines if line["selection"] == LOT} == {None}
    assert len(reading.ranking(DAY).probabilities) == len(ranks) < len(lines)


def test_two_spellings_of_a_supplier_are_one_group(tmp_path: Path) -> None:
    same = {"importer_number": None, "seller_name": None, "manufacturer_address": None}
    told = [
        line(1, DAY, manufacturer_id="VNSTEMIL1HAN", manufacturer_name="Steady Mill Co., Ltd.", **same),
        line(2, DAY, manufacturer_id=None, manufacturer_name="STEADY MILL", **same),
        line(3, DAY, manufacturer_id=None, manufacturer_name="Other Mill", **same),
        line(4, DAY, manufacturer_id=None, manufacturer_name="Steady Mill", country_of_origin="KH", **same),
    ]
    groups = day.parties(Lines.of(pa.Table.from_pylist(told, schema=ENTRIES.schema))).tolist()
    assert groups[0] == groups[1]
    assert len(set(groups)) == 3


@pytest.mark.parametrize(
    "sought", ["steady MILL", "6109100012 steady", str(key(2)[0]).lower(), "evil", "nowhere to be found", "%%", ""]
)
def test_words_are_searched_where_people_know_them_from(reading: StoreSnapshot, sought: str) -> None:
    lines = reading.day(DAY).lines.to_pylist()
    fields = ("entry_number", "manufacturer_name", "manufacturer_id", "seller_name", "htsus", "description", "importer")
    fits = [
        line["manufacturer_name"]
        for line in lines
        if all(any(word in (line[name] or "").lower() for name in fields) for word in sought.lower().split())
    ]
    assert names(reading, q=sought) == fits
    assert bool(fits) == (sought not in ("nowhere to be found", "%%"))


def test_an_importer_is_found_by_its_alias_and_not_by_its_number(reading: StoreSnapshot) -> None:
    alias = reading.reader.alias("12-7654321")
    assert "Steady Mill" in names(reading, q=str(alias))
    assert names(reading, q="7654321") == []


def test_each_filter_that_narrows_is_a_chip_that_can_be_taken_off() -> None:
    asked = QueueQuery(scope="all", q="cotton", origin="VN", state="open", group="ring", page=3)
    assert [name for name, _ in asked.chips] == ["scope", "q", "origin", "state"]
    assert "VN Vietnam" in dict(asked.chips)["origin"]
    assert QueueQuery().chips == []


def test_importer_numbers_are_masked(reading: StoreSnapshot) -> None:
    lines = reading.day(DAY).lines
    assert "importer_number" not in lines.column_names
    assert not [row for row in lines.to_pylist() if "7654321" in str(row)]


def test_pages_hold_every_line_once(monkeypatch: pytest.MonkeyPatch, reading: StoreSnapshot, home: Path) -> None:
    monkeypatch.setattr(queue_query, "SHOWN", 3)
    today = reading.day(DAY)

    def keys(number: int) -> list[str]:
        shown = queue_query.shown(home, today, QueueQuery(scope="all", page=number), NOBODY, DAY)
        return [line["entry_number"] for line in shown.lines]

    last = queue_query.shown(home, today, QueueQuery(scope="all"), NOBODY, DAY).pages
    assert last == -(-len(today.lines) // 3)
    together = [key for number in range(1, last + 1) for key in keys(number)]
    assert together == today.lines["entry_number"].to_pylist()
    assert keys(99) == []


def test_what_the_store_learns_is_seen_at_once(tmp_path: Path) -> None:
    settings = factory.home(tmp_path)
    home = background_reading(Settings(home=tmp_path, history_start=factory.START), Store(tmp_path), patience=60)
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

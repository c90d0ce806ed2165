"""A line's evidence: only what was known before its day, in figures that the story of the fixture tells."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from originrisk.data.store.tables import Store
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.queue.charts import line as charts
from originrisk.serve.queue.evidence import declaration
from originrisk.serve.queue.evidence.line import LineCase
from originrisk.serve.queue.evidence.links import latest_graph
from originrisk.serve.queue.evidence.reading import StoreSnapshot
from tests.serve.factory import START
from tests.serve.queue.evidence.past import DAY, FOUND_OUT, HOSTILE, LISTED, SHOP, SPELLINGS, key


@pytest.fixture
def found(reading: StoreSnapshot) -> LineCase:
    evidence = reading.line(*key(1))
    assert evidence is not None
    return evidence


def test_an_unknown_line_has_none(reading: StoreSnapshot) -> None:
    assert reading.line("ZZ900000000", 1) is None


def test_the_past_of_the_supplier_is_what_was_received_before_the_day(found: LineCase) -> None:
    assert found.supplier.lines == 6  # not the line that was received on the day, nor those of the day
    assert (found.supplier.first, found.supplier.last) == (START, START + timedelta(10))
    assert sum(month.lines for month in found.supplier.months) == 6


def test_an_outcome_known_on_the_day_is_not_seen(found: LineCase) -> None:
    assert (found.supplier.examined, found.supplier.found) == (2, 1)
    assert {row["result"] for row in found.supplier.outcomes} == {"xinjiang", "not_xinjiang"}
    assert all(row["outcome_date"] < DAY for row in (*found.supplier.outcomes, *found.similar))


def test_legal_dates_are_those_known_by_then(found: LineCase) -> None:
    assert [one.day for one in found.supplier.legal] == [date(2021, 1, 13)]


def test_the_price_stands_beside_those_of_others_alone(found: LineCase) -> None:
    price = found.prices[0]
    assert price.value == pytest.approx(600.0 / 10)  # ten dozen
    assert price.measure == "per dozen"
    assert len(price.peers.values) >= 20
    assert price.fair is not None
    assert price.fair.cheaper == 0.0
    assert price.fair.low < price.fair.middle < price.fair.high
    assert len(price.own.values) == 6
    assert "same goods from VN" in price.sentence


def test_without_quantity_and_weight_there_is_no_price_and_it_is_said_to_be_missing(reading: StoreSnapshot) -> None:
    bare = reading.line(*key(4))
    assert bare is not None
    assert bare.prices == []
    assert {"quantity", "gross_weight_kg", "manufacturer_id"} <= {name for name, _ in bare.missing}


def test_links_lead_to_who_is_listed_or_was_found_out(found: LineCase) -> None:
    ends = {one.name: one for one in found.links.suppliers}
    assert found.links.closed is not None
    assert found.links.closed < DAY
    assert {FOUND_OUT, LISTED} <= set(ends)
    assert ends[LISTED].listed
    assert (ends[FOUND_OUT].found, ends[FOUND_OUT].examined) == (1, 1)
    assert found.links.via["seller"] == SHOP
    both = [one for one in ends.values() if one.name in SPELLINGS]
    assert [(one.found, sorted([one.name, *one.names])) for one in both] == [(2, sorted(SPELLINGS))]


def test_without_a_history_before_the_day_links_say_so(home: Path) -> None:
    kept = Checkpoints(Store(home), START)
    assert latest_graph(kept, START) is None
    assert latest_graph(kept, DAY) is not None


def test_lists_are_those_that_the_day_sees(reading: StoreSnapshot, found: LineCase) -> None:
    maker = next(one for one in found.matches if "manufacturer" in one.roles)
    assert not [match for match in maker.matches if match.listing["name"] == "Steady Mill"]  # in force on the day
    listed = reading.line(*key(51))
    assert listed is not None
    assert listed.listings < found.listings  # the order came into force on its very day


def test_similar_lines_say_what_they_share_and_how_they_ended(found: LineCase) -> None:
    first = found.similar[0]
    assert {"supplier", "importer", "same goods", "origin"} <= set(first["alike"])
    assert first["result"] in ("xinjiang", "not_xinjiang")
    assert "like goods" not in first["alike"]


def test_importer_numbers_are_masked_and_hostile_text_is_whole(reading: StoreSnapshot) -> None:
    hostile = reading.line(*key(3))
    assert hostile is not None
    declared = {field.name: field.text for field in hostile.declared}
    assert declared["importer_number"] == f"Importer {reading.reader.alias('12-7654321')}"
    assert declared["description"] == HOSTILE
    assert len(declared["manufacturer_name"] or "") == 10_000


def test_neighbours_are_those_of_the_queue(reading: StoreSnapshot) -> None:
    rows = Store(reading.kept.store.home).scores(DAY, DAY).to_pylist()
    queue = sorted((row["place"], row["entry_number"], row["line_number"]) for row in rows if row["place"])
    first, second, third = (key for _, *key in queue[:3])
    for own, before, after in ((first, None, second), (second, first, third)):
        found = reading.line(*own)
        assert found is not None
        assert found.beside is not None
        assert found.beside.before == (tuple(before) if before else None)
        assert found.beside.after == tuple(after)
        others = [row["probability"] for row in rows if row["selection"] != "lot"]
        assert found.beside.probabilities.tolist() == sorted(others)


def test_charts_stay_inside_their_frames(found: LineCase) -> None:
    drawn = charts.plot(found.prices[0])
    assert all(drawn.left <= x <= drawn.width and 0 <= y <= drawn.bottom for x, y in (*drawn.peers, *drawn.own))
    marks = charts.timeline(DAY, {"Maker": found.supplier}, [], ("This line", "entered")).marks
    assert all(0 <= mark.share <= 1 and mark.tall <= 1 for mark in marks)
    assert {mark.kind for mark in marks} == {"bar", "found", "law", "entry"}


def test_what_differs_from_the_makers_other_lines_is_marked(reading: StoreSnapshot, found: LineCase) -> None:
    assert [field.name for field in found.declared if field.usual] == []
    past = pa.table({"country_of_origin": ["VN"] * 5 + ["KH"], "unit_of_measure": ["DOZ"] * 3 + ["PCS"] * 3,
                     "manufacturer_name": ["Steady Mill"] * 6, "importer_number": ["1"] * 6})  # fmt: skip
    row = {**found.row, "country_of_origin": "CN"}
    usual = {field.name: field.usual for field in declaration.declared(reading.reader, row, past) if field.usual}
    assert usual["country_of_origin"] == "5 of 6 earlier lines: VN"
    assert set(usual) == {"country_of_origin", "importer_number"}
    assert declaration.declared(reading.reader, row, past.slice(0, 4))[0].usual == ""

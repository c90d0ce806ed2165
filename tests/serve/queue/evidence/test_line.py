"""A line's evidence: only what was known before its day, in figures that the story of the fixture tells."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from originrisk.data.store.tables import Store
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.queue.charts import past, scores, ties
from originrisk.serve.queue.evidence.line import Evidence
from originrisk.serve.queue.evidence.links import latest_graph
from originrisk.serve.queue.evidence.reading import Reading
from tests.serve.factory import START
from tests.serve.queue.evidence.past import DAY, FOUND_OUT, HOSTILE, LISTED, SHOP, key


@pytest.fixture
def found(reading: Reading) -> Evidence:
    evidence = reading.line(*key(1))
    assert evidence is not None
    return evidence


def test_an_unknown_line_has_none(reading: Reading) -> None:
    assert reading.line("ZZ900000000", 1) is None


def test_the_past_of_the_supplier_is_what_was_received_before_the_day(found: Evidence) -> None:
    assert found.supplier.lines == 6  # not the line that was received on the day, nor those of the day
    assert (found.supplier.first, found.supplier.last) == (START, START + timedelta(10))
    assert sum(month.lines for month in found.supplier.months) == 6


def test_an_outcome_known_on_the_day_is_not_seen(found: Evidence) -> None:
    assert (found.supplier.examined, found.supplier.found) == (2, 1)
    assert {row["result"] for row in found.supplier.outcomes} == {"xinjiang", "not_xinjiang"}
    assert all(row["outcome_date"] < DAY for row in (*found.supplier.outcomes, *found.similar))


def test_legal_dates_are_those_known_by_then(found: Evidence) -> None:
    assert [one.day for one in found.supplier.legal] == [date(2021, 1, 13)]


def test_the_price_stands_beside_those_of_others_alone(found: Evidence) -> None:
    price = found.prices[0]
    assert price.value == pytest.approx(600.0 / 120)  # per piece of ten dozen
    assert len(price.peers.values) >= 20
    assert price.fair is not None
    assert price.fair.cheaper == 0.0
    assert price.fair.low < price.fair.middle < price.fair.high
    assert len(price.own.values) == 6
    assert "same goods from VN" in price.sentence


def test_without_quantity_and_weight_there_is_no_price_and_it_is_said_to_be_missing(reading: Reading) -> None:
    bare = reading.line(*key(4))
    assert bare is not None
    assert bare.prices == []
    assert {"quantity", "gross_weight_kg", "manufacturer_id"} <= {name for name, _ in bare.missing}


def test_links_lead_to_who_is_listed_or_was_found_out(found: Evidence) -> None:
    ends = {one.name: one for one in found.links.suppliers}
    assert found.links.closed is not None
    assert found.links.closed < DAY
    assert {FOUND_OUT, LISTED} <= set(ends)
    assert ends[LISTED].listed
    assert (ends[FOUND_OUT].found, ends[FOUND_OUT].examined) == (1, 1)
    assert found.links.via["seller"] == SHOP


def test_without_a_history_before_the_day_links_say_so(home: Path) -> None:
    kept = Checkpoints(Store(home), START)
    assert latest_graph(kept, START) is None
    assert latest_graph(kept, DAY) is not None


def test_lists_are_those_that_the_day_sees(reading: Reading, found: Evidence) -> None:
    maker = next(one for one in found.matches if "manufacturer" in one.roles)
    assert not [
        match for match in maker.matches if match.listing["name"] == "Steady Mill"
    ]  # in force on the day
    listed = reading.line(*key(51))
    assert listed is not None
    assert listed.listings < found.listings  # the order came into force on its very day


def test_similar_lines_say_what_they_share_and_how_they_ended(found: Evidence) -> None:
    first = found.similar[0]
    assert {"supplier", "importer", "same goods", "origin"} <= set(first["alike"])
    assert first["result"] in ("xinjiang", "not_xinjiang")
    assert "like goods" not in first["alike"]


def test_importer_numbers_are_masked_and_hostile_text_is_whole(reading: Reading) -> None:
    hostile = reading.line(*key(3))
    assert hostile is not None
    declared = {field.name: field.text for field in hostile.declared}
    assert declared["importer_number"] == "EIN ***21"
    assert declared["description"] == HOSTILE
    assert len(declared["manufacturer_name"] or "") == 10_000


def test_the_waterfall_goes_from_the_base_to_the_score_by_what_was_stored(reading: Reading) -> None:
    rows = Store(reading.kept.store.home).scores(DAY, DAY).to_pylist()
    score = next(row for row in rows if row["selection"] == "order")
    drawn = scores.waterfall(score)
    assert drawn is not None
    assert drawn.steps[0].level == score["base_log_odds"]
    assert drawn.steps[-1].level == pytest.approx(score["log_odds"])
    assert drawn.steps[-2].level == pytest.approx(score["log_odds"])
    assert [step.words for step in drawn.steps[1:]][: len(score["reasons"])] == [
        r["concept"] for r in score["reasons"]
    ]
    lot = next(row for row in rows if row["selection"] == "lot")
    assert scores.waterfall(lot) is None


def test_neighbours_are_those_of_the_queue(reading: Reading) -> None:
    rows = Store(reading.kept.store.home).scores(DAY, DAY).to_pylist()
    queue = sorted((row["place"], row["entry_number"], row["line_number"]) for row in rows if row["place"])
    first, second, third = (key for _, *key in queue[:3])
    for own, before, after in ((first, None, second), (second, first, third)):
        found = reading.line(*own)
        assert found is not None
        assert found.beside is not None
        assert found.beside.before == (tuple(before) if before else None)
        assert found.beside.after == tuple(after)
        assert found.beside.probabilities.tolist() == sorted(row["probability"] for row in rows)


def test_charts_stay_inside_their_frames(found: Evidence) -> None:
    for price in found.prices:
        plot = past.plot(price)
        assert all(
            0 <= x <= plot.width and 0 <= y <= plot.height for x, y in [*plot.peers, *plot.own, plot.mark]
        )
    bars = past.months(found.supplier)
    assert bars is not None
    assert all(bar.x + bar.width <= bars.width and bar.y >= 0 for bar in bars.bars)
    drawn = ties.chart(found.links)
    assert drawn is not None
    assert all(node.x + node.width <= drawn.width and node.y + 30 <= drawn.height + 1 for node in drawn.nodes)
    assert all(
        place.x + ties.PLACE_BOX <= ties.chain(found.route).width for place in ties.chain(found.route).places
    )

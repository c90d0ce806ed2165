from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from originrisk.data.contract import ENTRIES, OUTCOMES
from originrisk.data.errors import GateRefusedError
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.history.replay import Outcomes
from originrisk.features.lines import Lines
from originrisk.features.lists import Listings
from originrisk.train import dataset
from originrisk.train.dataset import Gathered, TrainingTables, gather, known_outcomes, see
from tests.features.factory import SHIPPED, listing_of
from tests.train.home import CUTOFF, entries, small_world
from tests.train.home import home as trade

DAY = date(2021, 1, 10)


def line(number: int, **changes: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(ENTRIES.names)
    return row | {
        "entry_number": f"ZZ9{number:08d}",
        "line_number": 1,
        "entry_date": DAY,
        "received_on": DAY,
        "htsus": "6109100012",
        "country_of_origin": "CN",
        "entered_value_usd": 100.0,
        **changes,
    }


def outcome(number: int, **changes: object) -> dict[str, object]:
    return {
        "entry_number": f"ZZ9{number:08d}",
        "line_number": 1,
        "selected_date": DAY,
        "outcome_date": date(2021, 1, 20),
        "selection": "random",
        "result": "xinjiang",
        **changes,
    }


def taught(lines: list[dict[str, object]], outcomes: list[dict[str, object]]) -> tuple[list[str], dict[str, int]]:
    table = Lines.of(pa.Table.from_pylist(lines, schema=ENTRIES.schema))
    found, left_out = known_outcomes(pa.Table.from_pylist(outcomes, schema=OUTCOMES.schema), table, date(2021, 1, 31))
    return found["entry_number"].to_pylist(), left_out


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"outcome_date": None, "result": None}, "pending"),
        ({"outcome_date": date(2021, 2, 1)}, "known only after the cut-off"),
        ({"result": "inconclusive"}, "inconclusive"),
        ({"line_number": 9}, "line not in the store at the cut-off"),
    ],
)
def test_what_does_not_teach_is_counted_with_its_reason(change: dict[str, object], reason: str) -> None:
    teaching, left_out = taught([line(1), line(2)], [outcome(1), outcome(2, **change)])
    assert teaching == ["ZZ900000001"]
    assert {name: count for name, count in left_out.items() if count} == {reason: 1}


@pytest.mark.parametrize(
    "change",
    [
        {"result": None, "disposition": "denied"},
        {"result": "inconclusive", "method": "detention", "disposition": "excluded"},
        {"result": None, "method": "detention", "disposition": "released"},
    ],
)
def test_a_denial_and_a_release_from_detention_teach_without_a_result(change: dict[str, object]) -> None:
    assert taught([line(1)], [outcome(1, **change)])[0] == ["ZZ900000001"]


def test_a_result_known_on_the_cut_off_day_teaches() -> None:
    assert taught([line(1)], [outcome(1, outcome_date=date(2021, 1, 31))])[0] == ["ZZ900000001"]


def test_a_line_received_after_the_cut_off_does_not_teach() -> None:
    assert taught([line(1, received_on=date(2021, 2, 3))], [outcome(1)])[0] == []


@pytest.fixture(scope="module")
def gathered() -> tuple[Gathered, pa.Table]:
    world = small_world()
    lines = entries(world)
    until = lines.filter(pc.less_equal(lines["entry_date"], pa.scalar(CUTOFF)))
    found = gather(until, world.outcomes, SHIPPED, CUTOFF, seed=0)
    return found, world.outcomes


def test_every_examination_teaches_or_is_left_out(gathered: tuple[Gathered, pa.Table]) -> None:
    found, outcomes = gathered
    examples = found.examples
    assert len(examples) + sum(found.left_out.values()) == len(outcomes)
    assert len(examples) > 300


def test_no_result_from_after_the_cut_off_teaches(gathered: tuple[Gathered, pa.Table]) -> None:
    assert gathered[0].examples.known_on.max() <= np.datetime64(CUTOFF)


def test_results_stand_beside_their_own_lines(gathered: tuple[Gathered, pa.Table]) -> None:
    examples, outcomes = gathered[0].examples, gathered[1]
    key = ["entry_number", "line_number"]
    found = {tuple(row[k] for k in key): row for row in outcomes.to_pylist()}
    for row, observed, random in zip(
        examples.lines.select(key).to_pylist(), examples.observed, examples.random, strict=True
    ):
        of_line = found[tuple(row[k] for k in key)]
        assert (of_line["result"] == "xinjiang", of_line["selection"] == "random") == (observed == 1, random)


def test_what_becomes_known_later_changes_no_example() -> None:
    world = small_world(2500)
    lines = entries(world)
    early = date(2020, 12, 31)
    until = lines.filter(pc.less_equal(lines["entry_date"], pa.scalar(early)))
    known = world.outcomes.filter(pc.less_equal(world.outcomes["selected_date"], pa.scalar(early)))
    cut = known.filter(pc.fill_null(pc.less_equal(known["outcome_date"], pa.scalar(early)), False))
    whole, alone = (gather(until, o, SHIPPED, early, 0).examples for o in (world.outcomes, cut))
    assert whole.features.equals(alone.features)
    assert np.array_equal(whole.observed, alone.observed)


def test_the_lists_of_the_day_are_seen() -> None:
    lines = entries(small_world(2500))
    maker = lines["manufacturer_name"].to_pandas().mode()[0]
    day = date(2020, 7, 1)
    results = Outcomes.conclusive(np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.bool_))
    all_lines = Lines.of(lines)
    found = see(
        all_lines, results, Listings.known(listing_of(maker, day)), np.arange(all_lines.size), date(2021, 6, 30)
    )
    of_maker = np.array(lines["manufacturer_name"].to_pylist()) == maker
    after = np.array(lines["entry_date"].to_pylist()) > day
    assert (of_maker & after).any()
    match = found.features["list_match"]
    assert match[of_maker & ~after].max() == 0 < match[of_maker & after].min()


def test_the_random_arm_is_examined_at_least_with_its_recorded_chance(gathered: tuple[Gathered, pa.Table]) -> None:
    examples = gathered[0].examples
    assert (examples.propensity[examples.random] >= 0.04).all()
    assert ((examples.propensity > 0) & (examples.propensity <= 1)).all()


def test_a_line_of_the_arm_keeps_the_chance_of_its_draw(gathered: tuple[Gathered, pa.Table]) -> None:
    examples = gathered[0].examples
    assert ((examples.draw_chance > 0) & (examples.draw_chance < 0.5)).sum() == examples.random.sum() > 0


def test_lines_seen_once_are_not_replayed_for_another_cut_off_or_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = trade(tmp_path)
    first = TrainingTables.read(settings, CUTOFF).gather(CUTOFF, 0)
    monkeypatch.setattr(dataset, "see", lambda *_: pytest.fail("a replay"))
    again = TrainingTables.read(settings, CUTOFF).gather(CUTOFF, 1)
    earlier = TrainingTables.read(settings, date(2020, 12, 31)).gather(date(2020, 12, 31), 0)
    assert again.examples.features.equals(first.examples.features)
    known = first.examples.take(first.examples.known_on <= np.datetime64("2020-12-31"))
    assert len(known) < len(first.examples)
    assert earlier.examples.features.equals(known.features)
    other = small_world(seed=1).outcomes.select(OUTCOMES.names).cast(OUTCOMES.schema)
    Store(tmp_path).upsert("outcomes", other.to_batches())
    with pytest.raises(pytest.fail.Exception, match="a replay"):
        TrainingTables.read(settings, CUTOFF).gather(CUTOFF, 0)


def test_lines_of_before_the_history_are_left_out_by_that_name(tmp_path: Path) -> None:
    settings = trade(tmp_path).model_copy(update={"history_start": date(2020, 7, 1)})
    left_out = TrainingTables.read(settings, CUTOFF).gather(CUTOFF, 0).left_out
    assert left_out["line entered before history_start, 2020-07-01"] > 50
    late = settings.model_copy(update={"history_start": date(2021, 3, 20)})
    with pytest.raises(GateRefusedError, match="history_start"):
        TrainingTables.read(late, CUTOFF).gather(CUTOFF, 0)
    assert Settings(home=tmp_path).history_start < date(1990, 1, 1)


def test_before_all_lines_no_outcome_teaches() -> None:
    assert taught([], [outcome(1)])[0] == []

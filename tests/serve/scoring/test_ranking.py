"""The queue of a day: order, capacity by port, the lot and its chances, suppressions."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES
from originrisk.data.errors import UsageError
from originrisk.data.settings import ScoreSettings, Settings
from originrisk.data.store.tables import Store
from originrisk.serve.scoring.ranking import Capacity, Suppression, lots, queue, suppress, suppressed, worth
from tests.serve import factory

DAY = date(2021, 3, 1)


def table(lines: int, **changes: object) -> pa.Table:
    rows = [
        factory.entry(number, DAY, port_of_entry=("2704", "0401", "1001")[number % 3], **changes)
        for number in range(lines)
    ]
    return pa.Table.from_pylist(rows, schema=ENTRIES.schema)


def queued(lines: pa.Table, settings: ScoreSettings, barred: list[int] | None = None):
    value = np.random.default_rng(0).random(len(lines))
    closed = np.zeros(len(lines), np.bool_)
    closed[barred or []] = True
    unknown = np.arange(len(lines)) % 5 == 0
    return value, queue(value, lots(lines, settings.random_key), Capacity.of(lines, settings), closed, unknown)


def test_a_port_gets_its_own_capacity_and_the_others_share_theirs() -> None:
    settings = ScoreSettings(capacity_by_port={"2704": 7}, capacity_least=10, random_share=0)
    lines = table(300)
    value, found = queued(lines, settings)
    ports = np.array(lines["port_of_entry"].to_pylist())
    assert (found.place[ports == "2704"] > 0).sum() == 7
    assert (found.place[ports != "2704"] > 0).sum() == 10
    best = np.sort(value[ports == "2704"])[-7:]
    assert sorted(value[(ports == "2704") & (found.place > 0)]) == best.tolist()


def test_places_follow_the_order_and_the_lot_comes_last() -> None:
    value, found = queued(table(300), ScoreSettings(capacity_least=20, random_share=0.25))
    assert sorted(found.place[found.place > 0]) == list(range(1, 21))
    inside = np.flatnonzero(found.place)
    by_place = inside[np.argsort(found.place[inside])]
    assert found.lot[by_place].tolist() == [False] * 15 + [True] * 5
    assert (np.diff(value[by_place[:15]]) <= 0).all()


def test_equal_lines_come_in_their_order() -> None:
    lines, settings = table(50), ScoreSettings(capacity_least=5, random_share=0)
    nobody = np.zeros(50, np.bool_)
    found = queue(np.full(50, 0.5), lots(lines, 0), Capacity.of(lines, settings), nobody, nobody)
    assert np.flatnonzero(found.place).tolist() == [0, 1, 2, 3, 4]


def test_chances_add_up_to_the_places() -> None:
    settings = ScoreSettings(capacity_by_port={"2704": 10}, capacity_least=20, random_share=0.3)
    _, found = queued(table(300), settings)
    assert found.chance.sum() == pytest.approx((found.place > 0).sum())
    assert (found.chance[(found.place > 0) & ~found.lot] == 1).all()


def test_over_many_keys_the_lot_draws_with_the_chance_it_states() -> None:
    lines = table(60)
    drawn = np.zeros(60)
    for key in range(400):
        _, found = queued(lines, ScoreSettings(capacity_least=20, random_share=0.5, random_key=key))
        drawn += found.lot
    others = found.chance < 1
    assert found.chance[others] == pytest.approx(10 / 50)
    assert abs(drawn[others] / 400 - 0.2).max() < 0.1


def test_the_lot_can_be_told_to_look_where_nothing_is_known_and_states_that_chance() -> None:
    lines, drawn = table(60), np.zeros(60)
    for key in range(400):
        given = ScoreSettings(capacity_least=20, random_share=0.5, unknown_share=0.4, random_key=key)
        _, found = queued(lines, given)
        assert found.chance.sum() == pytest.approx(20)
        drawn += found.lot
    others, unknown = found.chance < 1, np.arange(60) % 5 == 0
    assert found.chance[others & unknown].min() > 2.5 * found.chance[others & ~unknown].max()
    assert abs(drawn - 400 * found.chance)[others].max() < 50


def test_a_lot_is_a_lines_own() -> None:
    lines = table(40)
    assert np.array_equal(lots(lines.slice(10, 5), 3), lots(lines, 3)[10:15])
    assert len(np.unique(lots(lines, 3))) == 40


def test_expected_value_orders_by_value_at_stake() -> None:
    lines = table(20)
    values = lines["entered_value_usd"].to_pylist()
    assert worth(lines, ScoreSettings(order_by="expected_value")).tolist() == values
    assert set(worth(lines, ScoreSettings())) == {1.0}


def test_a_barred_line_is_passed_over_but_keeps_its_lot() -> None:
    lines, settings = table(60), ScoreSettings(capacity_least=20, random_share=0.5)
    value, free = queued(lines, settings)
    top = int(np.argmax(value))
    assert free.place[top] == 1
    _, found = queued(lines, settings, [top])
    assert found.place[top] == 0 or found.lot[top]
    assert found.chance[top] == pytest.approx(10 / 50)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    Store(tmp_path).upsert("entries", table(70).to_batches())
    return Settings(home=tmp_path)


def one(entry: object, until: date) -> Suppression:
    return Suppression(on=DAY, until=until, entry_number=str(entry), line_number=1, reason="audited", by="officer")


def test_a_suppression_holds_for_lines_like_it_until_its_day(settings: Settings) -> None:
    lines, store = table(70), Store(settings.home)
    suppress(settings, one(lines["entry_number"][0], DAY + timedelta(30)))
    row = lines.to_pylist()[0]
    repeated = pa.Table.from_pylist([{**row, "entry_number": "other"}, lines.to_pylist()[1]], ENTRIES.schema)
    for day, holds in ((DAY, True), (DAY + timedelta(29), True), (DAY + timedelta(30), False)):
        assert suppressed(store, repeated, day).tolist() == [holds, False]


@pytest.mark.parametrize(("entry", "days"), [("none", 30), (None, 181), (None, 0)])
def test_a_suppression_needs_a_line_and_an_end(settings: Settings, entry: str | None, days: int) -> None:
    with pytest.raises(UsageError):
        suppress(settings, one(entry or table(1)["entry_number"][0], DAY + timedelta(days)))
    assert not (settings.home / "suppressions.jsonl").exists()

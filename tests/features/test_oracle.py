"""History against an independent re-computation in SQL, on random small worlds."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from originrisk.features.declared import log_prices
from originrisk.features.history.measures import measures
from originrisk.features.history.prices import LEAST_SPREAD, PARENT_WEIGHT, USUAL_SPREAD, WINSORIZED, benchmark
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.history.tallies import PRICE_LEVELS, PRICES, TALLIES, AggregateSpec
from originrisk.features.history.view import FIXED_POINT, see
from originrisk.features.lines import Floats, Ints, Lines
from tests.features import factory
from tests.features.factory import SHIPPED
from tests.features.oracle import Oracle
from tests.features.worlds import QUICK, worlds

PARTS = sorted({part for tally in TALLIES for part in tally.key.split("*")})


def learned(lines: Lines, outcomes: Outcomes) -> dict[str, Ints]:
    """Measures of each line as it is learned, each day closed on its own."""
    history, added = History(), []
    days = np.maximum(lines.days["entry_date"], lines.days["received_on"])
    for day in np.unique(days):
        list(replay(history, lines, outcomes, int(day) - 1, SHIPPED))
        today = np.flatnonzero(days == day)
        part = lines.take(today)
        added.append((today, measures(part, see(history, part, SHIPPED))))
    order = np.argsort(np.concatenate([today for today, _ in added]))
    return {name: np.concatenate([part[name] for _, part in added])[order] for name in added[0][1]}


def replayed(lines: Lines, outcomes: Outcomes) -> dict[str, dict[str, Floats]]:
    """What each line saw of every tally, by the names of its columns."""
    history = History()
    saw = {name: np.zeros(lines.size) for name in history.names.place}
    for seen in replay(history, lines, outcomes, int(lines.days["entry_date"].max()), SHIPPED):
        for name, values in saw.items():
            values[seen.rows] = seen.view.count(name)
    return {key: {name: saw[f"{key}.{name}"] for name in columns} for key, columns in history.columns.items()}


def compare(entries: pa.Table, outcomes: pa.Table) -> None:
    """Every column of every tally is what SQL makes of it."""
    lines = Lines.of(entries)
    known = Outcomes.of(lines, outcomes)
    oracle = Oracle(entries, known, learned(lines, known), PARTS)
    saw = replayed(lines, known)
    for tally in TALLIES:
        expected = oracle.state(tally)
        assert set(expected.columns) == set(saw[tally.key])
        for name, values in saw[tally.key].items():
            np.testing.assert_array_equal(values, expected[name], err_msg=f"{tally.key}.{name}")


def fair_values(oracle: Oracle, price: str, asked_on: str, *, own: bool) -> list[tuple[float, float]]:
    """Fair log value and spread for each line, from the narrowest group shrunk to its parents."""
    levels = [
        oracle.prices(level, price, asked_on, own=own or level != PRICE_LEVELS[0]) for level in reversed(PRICE_LEVELS)
    ]
    found = []
    for row in range(len(levels[0])):
        centre, spread = math.nan, USUAL_SPREAD
        for group in (level.iloc[row] for level in levels):
            weight = 0 if math.isnan(centre) else PARENT_WEIGHT
            if group.n:
                centre = (group.total + (weight and weight * centre)) / (group.n + weight)
            apart = group.spread * math.sqrt(math.pi / 2)
            spread = (apart + PARENT_WEIGHT * spread) / (group.everyone + PARENT_WEIGHT)
        found.append((centre, max(spread, LEAST_SPREAD)))
    return found


def compare_prices(entries: pa.Table) -> None:
    """Benchmarks seen leave out the line's own parties; values learned were drawn in to the benchmark of all."""
    lines = Lines.of(entries)
    nothing = Outcomes.conclusive(np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.bool_))
    added = learned(lines, nothing)
    oracle = Oracle(entries, nothing, added, PARTS)
    seen = list(replay(History(), lines, nothing, int(lines.days["entry_date"].max()), SHIPPED))
    for price in PRICES:
        of_others, of_all = (
            np.array(fair_values(oracle, price, day, own=own)) for day, own in (("entered", False), ("received", True))
        )
        for part in seen:
            fair = benchmark(part.view, own=False).of(price)
            np.testing.assert_allclose(np.column_stack([fair.centre, fair.spread]), of_others[part.rows], rtol=1e-4)
        logs = log_prices(lines)[price]
        centre, limit = of_all[:, 0], WINSORIZED * of_all[:, 1]
        near = np.where(np.isnan(centre), logs, np.clip(logs, centre - limit, centre + limit))
        np.testing.assert_allclose(added[f"{price}_sum"] / FIXED_POINT, np.nan_to_num(near), atol=1e-4)


@QUICK
@given(worlds())
def test_history_is_what_sql_makes_of_the_declared_tallies(world: tuple[pa.Table, pa.Table]) -> None:
    compare(*world)


@QUICK
@given(worlds())
def test_fair_value_is_that_of_others(world: tuple[pa.Table, pa.Table]) -> None:
    compare_prices(world[0])


@pytest.mark.slow
@settings(QUICK, max_examples=60)
@given(worlds(most=60))
def test_history_is_what_sql_makes_of_many_worlds(world: tuple[pa.Table, pa.Table]) -> None:
    compare(*world)
    compare_prices(world[0])


def test_the_oracle_tells_a_wrong_window() -> None:
    entries = factory.entries(120, days=500)
    lines = Lines.of(entries)
    known = Outcomes.of(lines, factory.outcomes(entries))
    oracle = Oracle(entries, known, learned(lines, known), PARTS)
    saw = replayed(lines, known)["origin"]["lines.365"]
    right, wrong = (oracle.state(AggregateSpec("origin", lines=(window,))) for window in (365, 364))
    np.testing.assert_array_equal(saw, right["lines.365"])
    assert (saw != wrong["lines.364"]).any()

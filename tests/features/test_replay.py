"""The replay: which day a line sees, which day it teaches, and what comes out."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from originrisk.features.history import replay as replaying
from originrisk.features.history.arrays import named_arrays
from originrisk.features.history.replay import Outcomes, close_days, replay
from originrisk.features.history.state import History
from originrisk.features.lines import Lines
from tests.features.factory import SHIPPED, START, change, entries, outcomes


def twice(second: date, received: date) -> pa.Table:
    """A line on START, received on a day, and its repetition on a later day."""
    table = pa.concat_tables([entries(1), entries(1)])
    return change(
        table, entry_number=["XX0000001", "XX0000002"], entry_date=[START, second], received_on=[received, second]
    )


def saw(table: pa.Table, results: pa.Table | None = None, name: str = "importer.lines.ever") -> list[float]:
    """What each line saw, in the order of the table."""
    lines = Lines.of(table)
    known = Outcomes.of(lines, outcomes(table, share=0) if results is None else results)
    found = np.full(lines.size, np.nan)
    for seen in replay(History(), lines, known, int(lines.days["entry_date"].max()), SHIPPED):
        found[seen.rows] = seen.view.count(name)
    return found.tolist()


@pytest.mark.parametrize(("days", "count"), [(0, 0), (1, 1)])
def test_a_line_is_seen_from_the_day_after(days: int, count: int) -> None:
    assert saw(twice(START + timedelta(days), START)) == [0, count]


@pytest.mark.parametrize(("days", "count"), [(5, 0), (4, 1)])
def test_a_late_line_is_seen_from_the_day_after_it_was_received(days: int, count: int) -> None:
    assert saw(twice(START + timedelta(5), START + timedelta(days))) == [0, count]


def test_a_line_received_early_is_not_learned_before_its_own_day() -> None:
    assert saw(twice(START, START - timedelta(3))) == [0, 0]


@pytest.mark.parametrize(("days", "count"), [(5, 0), (4, 1)])
def test_an_outcome_is_never_known_before_its_line(days: int, count: int) -> None:
    table = twice(START + timedelta(5), START + timedelta(days))
    told = change(outcomes(table.slice(0, 1), share=1.0), outcome_date=[START], result=["xinjiang"])
    assert saw(table, told, "everything.found.ever") == [0, count]


def test_pending_and_inconclusive_outcomes_teach_nothing() -> None:
    table = twice(START + timedelta(9), START)
    told = change(outcomes(table.slice(0, 1), share=1.0), outcome_date=[START], result=["inconclusive"])
    assert saw(table, told, "everything.examined.ever") == [0, 0]


@pytest.mark.parametrize(("block", "stretch"), [(1, 1), (7, 30), (1000, 3)])
def test_the_size_of_blocks_and_stretches_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, block: int, stretch: int
) -> None:
    table = entries(150)
    expected = saw(table, outcomes(table), "importer*hts6.china.365")
    monkeypatch.setattr(replaying, "BLOCK", block)
    monkeypatch.setattr(replaying, "STRETCH", stretch)
    assert saw(table, outcomes(table), "importer*hts6.china.365") == expected


def test_days_closed_unseen_leave_the_history_of_a_replay() -> None:
    lines = Lines.of(entries(300))
    known, until = Outcomes.of(lines, outcomes(entries(300))), int(lines.days["entry_date"].max())
    one, other = History(), History()
    list(replay(one, lines, known, until, SHIPPED))
    close_days(other, lines, known, until, SHIPPED)
    expected, found = dict(named_arrays(one)), dict(named_arrays(other))
    assert expected.keys() == found.keys()
    assert all(np.array_equal(expected[name], found[name]) for name in expected)


def test_every_line_of_the_period_comes_out_once_in_order_of_day() -> None:
    lines = Lines.of(entries(200))
    last = int(lines.days["entry_date"][150])
    nothing = Outcomes.conclusive(np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.bool_))
    rows = np.concatenate([seen.rows for seen in replay(History(), lines, nothing, last, SHIPPED)])
    assert sorted(rows) == np.flatnonzero(lines.days["entry_date"] <= last).tolist()
    assert (np.diff(lines.days["entry_date"][rows]) >= 0).all()


def test_a_world_without_lines_leaves_history_as_it_was() -> None:
    history = History()
    lines = Lines.of(entries(3).slice(0, 0))
    nothing = Outcomes.conclusive(np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.bool_))
    assert list(replay(history, lines, nothing, 20_000, SHIPPED)) == []
    assert history.day is None

"""Learners beside the tallies: they meet every day of a replay, are saved with it, and lines see only closed days."""

from pathlib import Path

import numpy as np
import pytest

from originrisk.features.history.arrays import history_of, named_arrays
from originrisk.features.history.keys import key_of
from originrisk.features.history.learner import Arrays, Columns, Learners
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.history.view import see
from originrisk.features.lines import Bools, Lines
from originrisk.features.lists import Listings
from originrisk.models import snapshot
from tests.features.factory import SHIPPED, entries, outcomes

TABLE = entries(150)
LINES = Lines.of(TABLE)
OUTCOMES = Outcomes.of(LINES, outcomes(TABLE))
DAYS = LINES.days["entry_date"]
LAST = int(DAYS.max())


class Makers:
    """Lines and finds of each maker's name, as the tally `maker` counts them; and the number of closed days."""

    def __init__(self) -> None:
        self.lines: dict[int, int] = {}
        self.found: dict[int, int] = {}
        self.days = 0

    def see(self, lines: Lines) -> Columns:
        keys = key_of(lines, "maker").tolist()
        columns = {"lines": [self.lines.get(key, 0) for key in keys], "days": [self.days] * len(keys)}
        columns["found"] = [self.found.get(key, 0) for key in keys]
        return {name: np.array(values, np.float64) for name, values in columns.items()}

    def learn(self, _day: int, lines: Lines) -> None:
        for key in key_of(lines, "maker").tolist():
            self.lines[key] = self.lines.get(key, 0) + 1

    def learn_outcomes(self, _day: int, lines: Lines, told: Bools) -> None:
        for key in key_of(lines, "maker")[told[:, 1]].tolist():
            self.found[key] = self.found.get(key, 0) + 1

    def close(self, _day: int, _listings: Listings) -> None:
        self.days += 1

    def arrays(self) -> Arrays:
        keys = sorted(self.lines)
        counts = [(self.lines[key], self.found.get(key, 0)) for key in keys]
        return {"keys": np.array(keys, np.uint64), "counts": np.array(counts), "days": np.array([self.days])}

    def hold(self, arrays: Arrays) -> None:
        keys, counts = arrays["keys"].tolist(), arrays["counts"].reshape(-1, 2)
        self.lines = dict(zip(keys, counts[:, 0].tolist(), strict=True))
        self.found = dict(zip(keys, counts[:, 1].tolist(), strict=True))
        self.days = int(arrays["days"][0])


LEARNERS: Learners = {"makers": Makers}


def replayed(*stops: int) -> tuple[History, Columns]:
    """History after the last day, saved and loaded at each stop; and what lines saw, beside the tally's counts."""
    history = History(learners=LEARNERS)
    names = ("makers.lines", "makers.found", "makers.days", "maker.lines.ever", "maker.found.ever")
    saw = {name: np.full(LINES.size, np.nan) for name in names}
    for stop in (*stops, LAST):
        for seen in replay(history, LINES, OUTCOMES, stop, SHIPPED):
            for name in names:
                read = seen.view.learner_column if name.startswith("makers.") else seen.view.count
                saw[name][seen.rows] = read(name)
        history = history_of(dict(named_arrays(history)), stop, learners=LEARNERS)
    return history, saw


def test_a_learner_meets_what_the_tallies_meet() -> None:
    saw = replayed()[1]
    np.testing.assert_array_equal(saw["makers.lines"], saw["maker.lines.ever"])
    np.testing.assert_array_equal(saw["makers.found"], saw["maker.found.ever"])
    assert saw["makers.found"].max() > 0
    np.testing.assert_array_equal(saw["makers.days"], DAYS - DAYS.min())


@pytest.mark.parametrize("stops", [(int(DAYS[40]), int(DAYS[90])), tuple(range(int(DAYS.min()), LAST))])
def test_any_checkpoint_and_day_by_day_are_the_full_replay(stops: tuple[int, ...]) -> None:
    (whole, saw), (parted, saw_parted) = replayed(), replayed(*stops)
    one, other = dict(named_arrays(whole)), dict(named_arrays(parted))
    assert one.keys() == other.keys() > {"makers.keys", "makers.counts"}
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)
    for name, values in saw.items():
        np.testing.assert_array_equal(values, saw_parted[name], err_msg=name)


def test_the_night_sees_what_the_replay_saw() -> None:
    history = History(learners=LEARNERS)
    middle = int(DAYS[75])
    list(replay(history, LINES, OUTCOMES, middle - 1, SHIPPED))
    today = np.flatnonzero(middle == DAYS)
    night = see(history, LINES.take(today), SHIPPED)
    _, saw = replayed()
    for name in ("makers.lines", "makers.days"):
        np.testing.assert_array_equal(night.learner_column(name), saw[name][today])
        np.testing.assert_array_equal(night.take(np.array([0])).learner_column(name), saw[name][today[:1]])


def test_a_snapshot_keeps_what_was_learned(tmp_path: Path) -> None:
    history = replayed()[0]
    snapshot.save(history, tmp_path / "a", {})
    read = snapshot.load(tmp_path / "a", learners=LEARNERS)
    one, other = see(history, LINES, SHIPPED), see(read, LINES, SHIPPED)
    np.testing.assert_array_equal(one.learner_column("makers.lines"), other.learner_column("makers.lines"))
    assert one.learner_column("makers.lines").max() > 1

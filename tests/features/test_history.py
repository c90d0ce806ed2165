"""History: what it counts on the edges of days and windows."""

import numpy as np
import pytest

from originrisk.features.history.measures import measures
from originrisk.features.history.state import History, narrow
from originrisk.features.history.tallies import COUNTED, EVER, OUTCOME_MEASURES, AggregateSpec
from originrisk.features.history.view import see
from originrisk.features.lines import Lines
from tests.features.factory import SHIPPED, entries

LINES = Lines.of(entries(2)).take([0])
IMPORTER = AggregateSpec("importer", lines=(30, EVER), outcomes=OUTCOME_MEASURES)


def taught(days: dict[int, list[dict[str, str]]], until: int) -> History:
    """History of an importer's lines by day, each with the cells it changes."""
    history = History((IMPORTER,))
    for day in range(1, until + 1):
        if cells := days.get(day):
            lines = Lines.of(entries(2).take([0] * len(cells)))
            for row, changed in enumerate(cells):
                for name, value in changed.items():
                    lines.texts[name].codes[row] = list(lines.texts[name].levels).index(value)
            history.learn(day, history.admit(lines), {"lines": np.ones(len(cells), np.int64)})
        history.close(day)
    return history


def seen(history: History, name: str) -> int:
    """What the line knows."""
    return int(see(history, LINES, SHIPPED).count(name)[0])


@pytest.mark.parametrize(("day", "count"), [(1, 2), (30, 2), (31, 0), (400, 0)])
def test_a_window_of_30_days_lets_go_at_the_close_of_the_31st(day: int, count: int) -> None:
    assert seen(taught({1: [{}, {}]}, day), "importer.lines.30") == count


def test_a_count_ever_stays() -> None:
    assert seen(taught({1: [{}], 3: [{}, {}]}, 500), "importer.lines.ever") == 3


def test_first_and_last_day_are_those_of_its_lines() -> None:
    history = taught({2: [{}], 7: [{}]}, 9)
    assert (seen(history, "importer.first"), seen(history, "importer.last")) == (2, 7)


def test_a_find_is_dated_and_what_is_no_find_is_counted_apart() -> None:
    history = taught({1: [{}]}, 1)
    rows = history.admit(LINES)
    # a find, a clean examination, one without a conclusion, a denial, a denial after a find
    told = ((1, 1, 0, 0), (1, 0, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (1, 1, 0, 1))
    for day, one in enumerate(told, 2):
        history.learn_outcomes(day, rows, np.array([one], np.bool_))
        history.close(day)
    names = ("examined.ever", "found.ever", "inconclusive.ever", "denied.ever", "found_on")
    assert [seen(history, f"importer.{name}") for name in names] == [3, 2, 1, 2, 6]


def test_a_line_without_the_key_sees_nothing_and_teaches_nothing() -> None:
    history = taught({1: [{}]}, 1)
    nobody = Lines.of(entries(2)).take([0])
    nobody.texts["importer_number"].codes[:] = -1
    history.learn(2, history.admit(nobody), {"lines": np.ones(1, np.int64)})
    history.close(2)
    names = tuple(f"importer.{column}" for column in history.columns["importer"])
    assert see(history, nobody, SHIPPED).counts(names).sum() == 0
    assert seen(history, "importer.lines.ever") == 1


def test_tallies_that_count_the_same_things_share_their_counts_not_their_keys() -> None:
    history = History((AggregateSpec("importer"), AggregateSpec("origin")))
    history.learn(1, history.admit(LINES), {"lines": np.ones(1, np.int64)})
    assert history.counts["importer"] is history.counts["origin"]
    assert history.counts["importer"].state[1:, 0].tolist() == [1, 1]


def test_what_is_held_in_32_bits_grows_by_1_a_line_at_most() -> None:
    lines = Lines.of(entries(150))
    added = measures(lines, see(History(), lines, SHIPPED))
    assert {name for name, values in added.items() if set(values.tolist()) <= {0, 1}} >= COUNTED & added.keys()
    assert History().counts["importer*hts6"].state.dtype == np.int32


@pytest.mark.parametrize(("top", "size"), [(127, np.int8), (128, np.int16), (2**31, np.int64)])
def test_numbers_are_held_in_as_few_bytes_as_hold_them(top: int, size: type) -> None:
    values = np.array([-5, top])
    assert narrow(values).dtype == size
    assert narrow(values).tolist() == [-5, top]

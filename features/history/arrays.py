"""History as arrays in one canonical form: the same knowledge gives the same bytes, however it was reached."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from originrisk.features.history.learner import Learners, arrays_of_all, hold_all
from originrisk.features.history.state import LEARNERS, Group, History, Learned, narrow
from originrisk.features.history.tallies import TALLIES, AggregateSpec
from originrisk.features.lines import Bools

NamedArray = tuple[str, npt.NDArray[Any]]


def settle(history: History) -> None:
    """Put rows in the order of tally and key, and forget those in which nothing was learned or nothing is left."""
    for group in history.groups:
        _settle(history, group)


def _settle(history: History, group: Group) -> None:
    _own_rows(history)
    holds, indexes = _holds_something(history, group), [history.indexes[key] for key in group.keys]
    for index in indexes:
        kept = holds[index.rows]
        index.hold(index.keys[kept], index.rows[kept])
    order = np.concatenate([[0], *(index.rows[1:] for index in indexes)], dtype=np.int32)
    moved = np.zeros(group.counts.size, np.int32)
    moved[order] = np.arange(len(order), dtype=np.int32)
    group.counts.keep(order)
    for index in indexes:
        index.hold(index.keys, moved[index.rows])
    for learned in history.recent.values():
        learned.rows[:, group.places] = moved[learned.rows[:, group.places]]


def _own_rows(history: History) -> None:
    """Rows that are still in a window, copied where they were handed over."""
    for day, learned in history.recent.items():
        if not learned.rows.flags.writeable:
            history.recent[day] = Learned(learned.rows.copy(), learned.measures)


def _holds_something(history: History, group: Group) -> Bools:
    """True for row 0, for rows that are not all zeros, and for those that a window will still take from."""
    holds: Bools = np.zeros(group.counts.size, np.bool_)
    for column in group.counts.own()[: group.counts.size].T:
        holds |= column != 0
    for learned in history.recent.values():
        holds[learned.rows[:, group.places]] = True
    holds[0] = True
    return holds


def named_arrays(history: History, *, surrendered: bool = False) -> Iterator[NamedArray]:
    """Arrays of a history whose day is closed, settled on the way, one after another, each with its name.

    Of each learner its own. Of each group of tallies: its `state`, the `keys` of every tally in order, the `rows` of
    each in the state, and their number in each tally (`sizes`). Of lines that are still in a window (`recent`): the
    `days`, their number on each (`sizes`), their `rows` in the tallies with windows, their `measures`.

    A history that is `surrendered` lets go what it gave, so that little is held at once; nobody may ask it any more.
    """
    yield from arrays_of_all(history.learners).items()
    if surrendered:
        history.learners.clear()
    for number, group in enumerate(history.groups):
        yield from _of_group(history, number, group)
        if surrendered:
            _let_go(history, group)
    if history.kept:
        yield from _recent(history)


def _let_go(history: History, group: Group) -> None:
    group.counts.hold(group.counts.state[:0].copy())
    for key in group.keys:
        del history.indexes[key]


def _of_group(history: History, number: int, group: Group) -> Iterator[NamedArray]:
    _settle(history, group)
    yield f"{number}.state", group.counts.state
    indexes = [history.indexes[key] for key in group.keys]
    yield f"{number}.keys", np.concatenate([index.keys for index in indexes])
    yield f"{number}.rows", np.concatenate([index.rows for index in indexes])
    yield f"{number}.sizes", np.array([len(index.keys) for index in indexes])


def history_of(
    arrays: Mapping[str, npt.NDArray[Any]],
    day: int,
    tallies: tuple[AggregateSpec, ...] = TALLIES,
    learners: Learners = LEARNERS,
    pseudonym_key: bytes = b"",
) -> History:
    """The history that these arrays were taken of, after the close of `day`."""
    history = History(tallies, learners, pseudonym_key)
    history.day = day
    hold_all(history.learners, arrays)
    for number, group in enumerate(history.groups):
        group.counts.hold(arrays[f"{number}.state"])
        ends = np.cumsum(arrays[f"{number}.sizes"])[:-1]
        keys, rows = (np.split(arrays[f"{number}.{name}"], ends) for name in ("keys", "rows"))
        for key, of_tally, places in zip(group.keys, keys, rows, strict=True):
            history.indexes[key].hold(of_tally, places)
    if history.kept:
        history.recent.update(_by_day(history, arrays))
    return history


def _recent(history: History) -> Iterator[NamedArray]:
    days = sorted(history.recent)
    learned = [history.recent[day] for day in days]
    yield "recent.days", np.array(days, np.int32)
    yield "recent.sizes", np.array([len(of_day.rows) for of_day in learned], np.int64)
    yield ("recent.rows", np.concatenate([np.empty((0, history.kept), np.int32), *(one.rows for one in learned)]))
    for name in history.leaving:
        measured = [np.empty(0, np.int8), *(of_day.measures[name] for of_day in learned)]
        yield f"recent.measures.{name}", narrow(np.concatenate(measured))


def _by_day(history: History, arrays: Mapping[str, npt.NDArray[Any]]) -> Iterator[tuple[int, Learned]]:
    ends = np.cumsum(arrays["recent.sizes"])
    for day, start, end in zip(arrays["recent.days"], ends - arrays["recent.sizes"], ends, strict=True):
        measured = {name: arrays[f"recent.measures.{name}"][start:end] for name in history.leaving}
        yield int(day), Learned(arrays["recent.rows"][start:end], measured)

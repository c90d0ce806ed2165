"""History as arrays in one canonical form: the same knowledge gives the same bytes, however it was reached."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from originrisk.features.history.counts import Counts, Index, Places
from originrisk.features.history.learner import Learners, arrays_of_all, hold_all
from originrisk.features.history.state import LEARNERS, Group, History, Learned, narrow
from originrisk.features.history.tallies import TALLIES, AggregateSpec
from originrisk.features.lines import Rows

NamedArray = tuple[str, npt.NDArray[Any]]
_OF_SHARD: Final = re.compile(r"\d+-of-(\d+)\.")


def settle(history: History) -> None:
    """Put rows in the order of tally and key, and forget those in which nothing was learned or nothing is left."""
    for group in history.groups:
        for _ in _settled(history, group):
            pass


def _settled(history: History, group: Group) -> Iterator[tuple[Counts, list[Index]]]:
    """One shard of a group after another, once it is settled."""
    for day, learned in history.recent.items():
        if not learned.rows.flags.writeable:  # handed over
            history.recent[day] = Learned(learned.rows.copy(), learned.measures)
    parts = group.counts.parts
    starts = np.cumsum([0, *(part.size for part in parts)])
    held, moved = np.zeros(starts[-1], np.bool_), np.zeros(starts[-1], np.int32)
    for learned in history.recent.values():  # windows will still take from these
        held[_place(learned.rows[:, group.places], starts)] = True
    for shard, (counts, start, end) in enumerate(zip(parts, starts, starts[1:], strict=False)):
        holds, indexes = held[start:end], [history.indexes[key].parts[shard] for key in group.keys]
        for column in counts.own()[: counts.size].T:
            holds |= column != 0
        holds[0] = True
        for index in indexes:
            kept = holds[index.rows]
            index.hold(index.keys[kept], index.rows[kept])
        order = np.concatenate([[0], *(index.rows[1:] for index in indexes)], dtype=np.int32)
        moved[start:end][order] = np.arange(len(order), dtype=np.int32)
        counts.keep(order)
        for index in indexes:
            index.hold(index.keys, moved[start:end][index.rows])
        yield counts, indexes
    for learned in history.recent.values():
        rows = learned.rows[:, group.places]
        learned.rows[:, group.places] = moved[_place(rows, starts)] * len(parts) + rows % len(parts)


def _place(rows: Places, starts: Rows) -> Places | Rows:
    """Where rows stand if those of all shards are put one after another from these starts on."""
    shards = len(starts) - 1
    return rows if shards == 1 else starts[rows % shards] + rows // shards


def shard_name(shard: int, shards: int) -> str:
    """What the names of a shard's arrays begin with; nothing where there is one."""
    return f"{shard}-of-{shards}." if shards > 1 else ""


def shards_of(names: Iterable[str]) -> int:
    """The number of shards, by the names of any of their arrays."""
    return next((int(found[1]) for name in names if (found := _OF_SHARD.match(name))), 1)


def named_arrays(history: History, *, surrendered: bool = False) -> Iterator[NamedArray]:
    """Arrays of a history whose day is closed, settled on the way, one after another, each with its name.

    Of each learner its own. Of each shard of each group of tallies: its `state`, the `keys` of every tally in order,
    the `rows` of each in the state, and their number in each tally (`sizes`). Of lines in a window (`recent`): the
    `days`, their number on each (`sizes`), their `rows` in the tallies with windows, their `measures`.

    A history that is `surrendered` lets go what it gave, so that little is held at once; nobody may ask it any more.
    """
    yield from arrays_of_all(history.learners).items()
    if surrendered:
        history.learners.clear()
    for number, group in enumerate(history.groups):
        for shard, (counts, indexes) in enumerate(_settled(history, group)):
            name = f"{shard_name(shard, history.shards)}{number}"
            yield f"{name}.state", counts.state
            yield f"{name}.keys", np.concatenate([index.keys for index in indexes])
            yield f"{name}.rows", np.concatenate([index.rows for index in indexes])
            yield f"{name}.sizes", np.array([len(index.keys) for index in indexes])
            if surrendered:
                counts.hold(counts.state[:0].copy())
                for index in indexes:
                    index.hold(index.keys[:0], index.rows[:0])
    if history.kept:
        days = sorted(history.recent)
        learned = [history.recent[day] for day in days]
        yield "recent.days", np.array(days, np.int32)
        yield "recent.sizes", np.array([len(of_day.rows) for of_day in learned], np.int64)
        yield "recent.rows", np.concatenate([np.empty((0, history.kept), np.int32), *(one.rows for one in learned)])
        for name in history.leaving:
            measured = [np.empty(0, np.int8), *(of_day.measures[name] for of_day in learned)]
            yield f"recent.measures.{name}", narrow(np.concatenate(measured))


def history_of(
    arrays: Mapping[str, npt.NDArray[Any]],
    day: int,
    tallies: tuple[AggregateSpec, ...] = TALLIES,
    learners: Learners = LEARNERS,
    pseudonym_key: bytes = b"",
    *,
    shards: int | None = None,
) -> History:
    """The history that these arrays were taken of, after the close of `day`.

    Of several shards some may be lacking: their keys are then unknown to it, and it may be asked but not taught.
    """
    history = History(tallies, learners, pseudonym_key, shards or shards_of(arrays))
    history.day = day
    hold_all(history.learners, arrays)
    for number, group in enumerate(history.groups):
        for shard, counts in enumerate(group.counts.parts):
            name = f"{shard_name(shard, history.shards)}{number}"
            if f"{name}.state" in arrays:
                counts.hold(arrays[f"{name}.state"])
                ends = np.cumsum(arrays[f"{name}.sizes"])[:-1]
                keys, rows = (np.split(arrays[f"{name}.{of}"], ends) for of in ("keys", "rows"))
                for key, of_tally, places in zip(group.keys, keys, rows, strict=True):
                    history.indexes[key].parts[shard].hold(of_tally, places)
    if history.kept and "recent.days" in arrays:
        ends = np.cumsum(arrays["recent.sizes"])
        for of_day, start, end in zip(arrays["recent.days"], ends - arrays["recent.sizes"], ends, strict=True):
            measured = {name: arrays[f"recent.measures.{name}"][start:end] for name in history.leaving}
            history.recent[int(of_day)] = Learned(arrays["recent.rows"][start:end], measured)
    return history

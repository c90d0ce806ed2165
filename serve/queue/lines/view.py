"""The lines of a day that somebody asked for, in the order in which they are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.features.lines import Bools, Rows, shared
from originrisk.serve.queue.finding import Key
from originrisk.serve.queue.lines.asked import Asked
from originrisk.serve.queue.lines.day import Day

SHOWN: Final = 50
"""Lines on a page."""
COUNTED: Final = ("port_of_entry", "heading", "country_of_origin", "programmes")
"""Columns whose values a filter offers."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What officers have made of lines: `decided` and the finding's `version`, the `officer` that has it; who asks."""

    decided: Mapping[Key, str]
    version: Mapping[Key, int]
    officer: Mapping[Key, str]
    me: str


def rows(day: Day, asked: Asked, worked: Worked) -> Rows:
    """Places in `day.lines` of the lines asked for: in the queue's order, or group after group."""
    kept = np.flatnonzero(_kept(day.lines, asked) & _handled(day.lines, asked, worked))
    if not asked.group:
        return kept
    groups = group_of(day, asked.group)[kept]
    _, first, place = np.unique(groups, return_index=True, return_inverse=True)
    return kept[np.lexsort((first[place], groups < 0))]


def page(found: Rows, number: int) -> Rows:
    """The lines of one page, the first page 1; empty beyond the last."""
    return found[(number - 1) * SHOWN : number * SHOWN]


def pages(found: Rows) -> int:
    """How many pages there are: one at the least."""
    return max(1, -(-len(found) // SHOWN))


def group_of(day: Day, group: str) -> Rows:
    """Number of each line's group (n,); -1 for lines that belong to none, which come last."""
    if group == "port":
        codes = day.lines["port_of_entry"].combine_chunks().dictionary_encode().indices
        return np.asarray(pc.fill_null(codes, -1), np.intp)
    return np.asarray(day.lines[f"by_{group}"], np.intp)


@shared
def counts(day: Day) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """By scope and column of COUNTED, its values there and how often each stands, the most frequent first."""
    return {
        (scope, column): _counted(day.lines.filter(pa.array(_in_scope(day.lines, scope))), column)
        for scope in ("queue", "all")
        for column in COUNTED
    }


def _counted(lines: pa.Table, column: str) -> list[tuple[str, int]]:
    values = pc.list_flatten(lines[column]) if column == "programmes" else lines[column]
    counted = pc.value_counts(values.drop_null()).to_pylist()
    return sorted(((one["values"], one["counts"]) for one in counted), key=lambda pair: (-pair[1], pair[0]))


def _in_scope(lines: pa.Table, scope: str) -> Bools:
    everything: Bools = np.ones(len(lines), np.bool_)
    return _true(pc.is_valid(lines["place"])) if scope == "queue" else everything


def _kept(lines: pa.Table, asked: Asked) -> Bools:
    kept = _in_scope(lines, asked.scope)
    equal = {"port_of_entry": asked.port, "heading": asked.heading, "country_of_origin": asked.origin}
    for column, value in equal.items():
        if value:
            kept &= _true(pc.equal(lines[column], value))
    if asked.chosen:
        kept &= _true(pc.equal(lines["selection"], asked.chosen))
    if asked.supplier:
        kept &= _true(pc.equal(lines["new_supplier"], asked.supplier == "new"))
    if asked.programme:
        kept &= _holds(lines["programmes"].combine_chunks(), asked.programme)
    return kept


def _holds(lists: Any, value: str) -> Bools:
    held = np.zeros(len(lists), np.bool_)
    parents = np.asarray(pc.list_parent_indices(lists))
    held[parents[_true(pc.equal(pc.list_flatten(lists), value))]] = True
    return held


def _handled(lines: pa.Table, asked: Asked, worked: Worked) -> Bools:
    kept: Bools = np.ones(len(lines), np.bool_)
    if asked.state:
        decided = _which(lines, (key for key, state in worked.decided.items() if _fits(state, asked.state)))
        kept &= ~decided if asked.state == "open" else decided
    if asked.officer:
        mine = {key for key, who in worked.officer.items() if asked.officer == "nobody" or who == worked.me}
        kept &= _which(lines, mine) != (asked.officer == "nobody")
    return kept


def _fits(state: str, wanted: str) -> bool:
    return wanted in ("open", "decided") or state == wanted


def _which(lines: pa.Table, keys: Iterable[Key]) -> Bools:
    """Which lines are among these keys."""
    wanted = set(keys)
    entries = _true(pc.is_in(lines["entry_number"], pa.array({entry for entry, _ in wanted}, pa.string())))
    for row in np.flatnonzero(entries):
        key = lines["entry_number"][row].as_py(), lines["line_number"][row].as_py()
        entries[row] = key in wanted
    return entries


def _true(column: Any) -> Bools:
    return np.array(pc.fill_null(column, False).to_numpy(zero_copy_only=False), np.bool_)

"""The queue of a day: capacity by port filled in order of the score, a share by lot, and what people keep out of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from originrisk.data.errors import Problem, UsageError
from originrisk.data.settings import ScoreSettings, Settings
from originrisk.data.store import journal
from originrisk.data.store.tables import Store
from originrisk.features.lines import Bools, Floats, Rows

Places = npt.NDArray[np.intp]

LOT: Final = "lot"
"""`selection` of the random sample."""
SWAYING: Final = (
    "probability", "rank", "reasons", "against", "base_log_odds", "log_odds", "flags", "summary",
)  # fmt: skip
"""Columns of `scores` that would sway the examination of a line of the random sample: nobody is shown them."""


def blinded(scores: pa.Table) -> pa.Table:
    """Rows of `scores` as they may leave the store: without SWAYING where drawn by lot, those last in their day."""
    lot = pc.fill_null(pc.equal(scores["selection"], LOT), False)
    if not pc.any(lot).as_py():
        return scores
    for name in SWAYING:
        column = scores[name]
        shown = pc.if_else(lot, pa.scalar(None, column.type), column)
        place = scores.schema.get_field_index(name)
        scores = scores.set_column(place, scores.schema.field(name).with_nullable(True), shown)
    keys = [(name, "ascending") for name in ("entry_date", "rank", "entry_number", "line_number")]
    return scores.take(pc.sort_indices(scores, keys))


@dataclass(frozen=True, slots=True)
class Capacity:
    """`pool` of each line (lines,), 0 for ports without a capacity of their own; places by pool.

    `unknown` of those by lot are drawn among goods of which nothing is known.
    """

    pool: Places
    in_order: Places
    by_lot: Places
    unknown: Places

    @classmethod
    def of(cls, lines: pa.Table, settings: ScoreSettings) -> "Capacity":
        """What officers can examine of a day's lines. A port's own capacity counts lines, the others share the rest."""
        ports = {port: number for number, port in enumerate(sorted(settings.capacity_by_port), 1)}
        pool = np.array([ports.get(port, 0) for port in lines["port_of_entry"].to_pylist()], np.intp)
        sizes = np.bincount(pool, minlength=len(ports) + 1)
        most = [settings.capacity(int(sizes[0])), *(settings.capacity_by_port[port] for port in ports)]
        places = np.minimum(sizes, most)
        by_lot = np.floor(places * settings.random_share).astype(np.intp)
        by_lot[places == sizes] = 0  # where every line is examined there is nothing to draw
        return cls(pool, places - by_lot, by_lot, np.floor(by_lot * settings.unknown_share).astype(np.intp))


@dataclass(frozen=True, slots=True)
class Queue:
    """Of each line: `place` in the queue (1 first, 0 outside), whether by `lot`, and the `chance` of a place."""

    place: Places
    lot: Bools
    chance: Floats


def contenders(value: Floats, capacity: Capacity, open_to: Bools) -> Rows:
    """The lines that `value` puts inside capacity, best first within a pool; equal ones in their order."""
    return _first(value, capacity.pool, capacity.in_order, open_to)


def queue(value: Floats, lot: Floats, capacity: Capacity, barred: Bools, unknown: Bools) -> Queue:
    """Who is examined: by `value` those that are not `barred`; by `lot` (numbers of chance) among all the others, some
    places first among those of whose goods nothing is known (`unknown`)."""
    pool, pools = capacity.pool, len(capacity.by_lot)
    ordered = contenders(value, capacity, ~barred)
    others = np.ones(len(value), np.bool_)
    others[ordered] = False
    # by other digits of the same numbers, so that who is passed over here has its whole chance of the rest
    explored = _first(-np.modf(lot * 2**20)[0], pool, capacity.unknown, others & unknown)
    left, strange = (np.bincount(pool[some], minlength=pools) for some in (others, others & unknown))
    early = np.minimum(capacity.unknown, strange)
    rest = others.copy()
    rest[explored] = False
    drawn = np.append(explored, _first(-lot, pool, capacity.by_lot - early, rest))
    later = (np.minimum(capacity.by_lot, left) - early) / np.maximum(left - early, 1)
    at_first = np.where(unknown, (early / np.maximum(strange, 1))[pool], 0.0)
    share = at_first + (1 - at_first) * later[pool]
    place = np.zeros(len(value), np.intp)
    inside = np.concatenate([ordered[np.argsort(-value[ordered], kind="stable")], np.sort(drawn)])
    place[inside] = np.arange(1, len(inside) + 1)
    return Queue(place, np.isin(np.arange(len(value)), drawn), np.where(others, share, 1.0))


def lots(lines: pa.Table, key: int) -> Floats:
    """A number of chance between 0 and 1 for each line: its own, whatever other lines there are."""
    names = np.asarray(lines["entry_number"].to_pandas(), dtype=object)
    salt = f"{key:016d}"[-16:]
    hashed = pd.util.hash_array(names, hash_key=salt, categorize=False)
    mixed = pd.util.hash_array(hashed ^ np.asarray(lines["line_number"]).astype(np.uint64))
    return np.asarray(mixed / 2.0**64, np.float64)


def _first(value: Floats, pool: Places, room: Places, open_to: Bools) -> Rows:
    rows = np.flatnonzero(open_to)
    rows = rows[np.lexsort((-value[rows], pool[rows]))]
    starts = np.searchsorted(pool[rows], np.arange(len(room)))
    inside = np.arange(len(rows)) - starts[pool[rows]] < room[pool[rows]]
    return rows[inside]


def worth(lines: pa.Table, settings: ScoreSettings) -> Floats:
    """What a line's probability is multiplied with to order the queue: 1, or its entered value in US dollars."""
    if settings.order_by == "probability":
        return np.ones(len(lines))
    return np.asarray(lines["entered_value_usd"], np.float64)


ALIKE: Final = ("importer_number", "manufacturer_id", "manufacturer_name", "country_of_origin", "htsus")
"""Lines are alike where these are equal; of the tariff number the first six digits."""


class Suppression(BaseModel):
    """One decision: lines like this one keep out of the order from `on` to the day before `until`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date
    until: date
    entry_number: str
    line_number: int
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)


def suppressions_path(home: Path) -> Path:
    """Where a home keeps them: append-only, one JSON object a line."""
    return home / "suppressions.jsonl"


def suppressions(home: Path) -> list[Suppression]:
    """All of them, oldest first. Raises BadInputError naming every unreadable line."""
    return journal.read(suppressions_path(home), Suppression, "a suppression")


def suppress(settings: Settings, one: Suppression) -> None:
    """Write one down. Raises UsageError for an unknown line, and for more days than the settings allow."""
    most = timedelta(settings.night.suppression_days)
    problems = []
    if not timedelta(0) < one.until - one.on <= most:
        problems.append(Problem("--until", f"a day at most {most.days} days away", str(one.until)))
    if not len(_line(Store(settings.home, settings.memory_limit_gb), one)):
        problems.append(Problem("line", "an entry line in the store", "no such line"))
    if problems:
        raise UsageError(problems)
    journal.append(suppressions_path(settings.home), one)


def suppressed(store: Store, lines: pa.Table, day: date) -> Bools:
    """Which lines of a day keep out of the order."""
    barred = np.zeros(len(lines), np.bool_)
    for one in suppressions(store.home):
        if one.on <= day < one.until:
            barred |= _alike(lines, _line(store, one))
    return barred


def _line(store: Store, one: Suppression) -> pa.Table:
    return store.line("entries", one.entry_number, one.line_number)


def _alike(lines: pa.Table, line: pa.Table) -> Bools:
    alike = np.ones(len(lines), np.bool_)
    for name in ALIKE if len(line) else ():
        value = line[name][0]
        column = lines[name]
        if name == "htsus":
            column, value = pc.utf8_slice_codeunits(column, 0, 6), pa.scalar(value.as_py()[:6])
        same = pc.is_null(column) if not value.is_valid else pc.fill_null(pc.equal(column, value), False)
        alike &= np.asarray(same)
    return alike & bool(len(line))

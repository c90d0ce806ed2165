"""The data of a training: the tables at known versions, and examined lines as their day of entry saw them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.arrays import Floats, Mask, Rows
from originrisk.data.contract import LINE_KEY, ONE_DAY
from originrisk.data.dispositions import FOUND, weak_labels
from originrisk.data.errors import GateRefusedError, Problem
from originrisk.data.settings import Settings
from originrisk.data.store import journal
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import NAMES, compute
from originrisk.features.history.keys import find, key_of
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.lines import Lines, entry_dates
from originrisk.features.lists import Listings
from originrisk.train.feature_cache import FeatureCache
from originrisk.train.labels import cells, draw_chances, propensity

KEYS: Final = ("supplier", "importer", "seller")


@dataclass(frozen=True, slots=True)
class FeatureFrame:
    """Lines as their day of entry saw them: `features`, and keys of their parties and of the district of entry (0 where
    there is none)."""

    features: pd.DataFrame
    keys: pd.DataFrame
    day: npt.NDArray[np.datetime64]

    @classmethod
    def of(cls, lines: Lines, matrix: npt.NDArray[np.float64]) -> Self:
        """Lines and their features as `originrisk.features.catalogue.compute` gives them (lines, features)."""
        return cls(pd.DataFrame(matrix, columns=list(NAMES)), keys_of(lines), entry_dates(lines))

    def __len__(self) -> int:
        return len(self.features)

    def take(self, rows: Mask) -> Self:
        """The lines of a mask, in order."""
        features, keys = (frame[rows].reset_index(drop=True) for frame in (self.features, self.keys))
        return type(self)(features, keys, self.day[rows])

    @property
    def supplier(self) -> npt.NDArray[np.uint64]:
        """Key of the supplier; a key of its own for each line that has none."""
        supplier = self.keys["supplier"].to_numpy()
        return np.where(supplier == 0, np.arange(1, len(self) + 1, dtype=np.uint64), supplier)


def keys_of(lines: Lines) -> pd.DataFrame:
    """The keys of the lines' parties and of the district of entry, one column each."""
    return pd.DataFrame({name: key_of(lines, name) for name in (*KEYS, "district")})


def chapters(entries: pa.Table) -> npt.NDArray[np.str_]:
    """Chapter of the tariff of each line."""
    return np.asarray(pc.utf8_slice_codeunits(entries["htsus"], 0, 2).to_pylist(), np.str_)


LEAST_EXAMPLES: Final = 30
LEAST_POSITIVES: Final = 3
UNEXAMINED_SAMPLE: Final = 60_000
"""Never-examined lines kept to learn who is examined; more would add nothing to so coarse a question."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Examined lines with a known, conclusive result, by entry date; arrays have the shape (lines,).

    `lines` holds the contract's columns of the lines. `cell` is method × regime (see `train.labels`),
    `draw_chance` that of the draw of a line of the random arm (NaN outside it), `propensity` the chance with which a
    line like this is examined at all.
    """

    lines: pa.Table
    frame: FeatureFrame
    observed: Floats
    known_on: npt.NDArray[np.datetime64]
    cell: npt.NDArray[np.int64]
    draw_chance: Floats
    propensity: Floats

    def __len__(self) -> int:
        return len(self.observed)

    @property
    def random(self) -> Mask:
        """The random arm."""
        return np.isfinite(self.draw_chance)

    @property
    def chapter(self) -> npt.NDArray[np.str_]:
        """Chapter of the goods in the tariff, of each line."""
        return chapters(self.lines)

    @property
    def features(self) -> pd.DataFrame:
        """Features as the day of entry saw them, one column each."""
        return self.frame.features

    def take(self, rows: Mask) -> Self:
        """The examples of a mask, in order."""
        parts = (getattr(self, field.name) for field in fields(self) if field.name not in ("lines", "frame"))
        return type(self)(self.lines.filter(pa.array(rows)), self.frame.take(rows), *(part[rows] for part in parts))


@dataclass(frozen=True, slots=True)
class Unexamined:
    """A random sample of the lines that nobody examined, and the chance with which lines like them are (lines,).

    `chapter` is that of their goods in the tariff, `stands_for` the number of such lines of which each is one.
    """

    frame: FeatureFrame
    propensity: Floats
    chapter: npt.NDArray[np.str_]
    stands_for: float = 1.0

    def __len__(self) -> int:
        return len(self.propensity)

    def take(self, rows: Mask) -> Self:
        """The lines of a mask, in order."""
        return replace(self, frame=self.frame.take(rows), propensity=self.propensity[rows], chapter=self.chapter[rows])

    def before(self, day: np.datetime64) -> Self:
        """Those entered before a day."""
        return self.take(self.frame.day < day)

    def since(self, day: np.datetime64) -> Self:
        """Those entered on a day or later."""
        return self.take(self.frame.day >= day)

    def sample(self, most: int, seed: int) -> Self:
        """At most so many of them, at random."""
        return self.take(np.random.default_rng(seed).permutation(len(self)) < most)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Examples, a sample of lines that were never examined, and how many examinations were left out, by reason."""

    examples: Examples
    unexamined: Unexamined
    left_out: dict[str, int]


def gather(
    entries: pa.Table,
    outcomes: pa.Table,
    listings: Listings,
    cutoff: date,
    seed: int,
    *,
    cache: FeatureCache | None = None,
) -> Gathered:
    """What there is to learn from at the end of `cutoff`.

    `entries` and `outcomes` in the contract's shape, entries of up to `cutoff`. Every line is seen as the history of
    its own day saw it, with the outcomes known by then. Raises GateRefusedError where too few results teach.
    """
    lines = Lines.of(entries)
    teaching, left_out = known_outcomes(outcomes, lines, cutoff)
    require_enough(np.asarray(pc.equal(weak_labels(teaching)[0], FOUND)), f"results known on {cutoff}")
    examined = np.zeros(lines.size, np.bool_)
    examined[_found(lines, outcomes)] = True
    share = min(1.0, UNEXAMINED_SAMPLE / max(1, int((~examined).sum())))
    kept = np.flatnonzero(examined | (np.random.default_rng(seed).random(lines.size) < share))
    given = lines, Outcomes.of(lines, teaching), listings, kept, cutoff
    seen = cached(cache, entries, *given)
    chance = propensity(seen.features.to_numpy(), examined[kept], share, seed)
    rows = np.sort(_found(lines, teaching))
    place = np.isin(kept, rows)
    order = np.argsort(_found(lines, teaching), kind="stable")
    examples = examples_of(entries.take(rows), teaching.take(order), seen.take(place), chance[place])
    others = ~examined[kept]
    chapter = chapters(entries.take(kept[others]))
    return Gathered(examples, Unexamined(seen.take(others), chance[others], chapter, 1 / share), left_out)


def known_outcomes(outcomes: pa.Table, lines: Lines, cutoff: date) -> tuple[pa.Table, dict[str, int]]:
    """Outcomes that teach at the end of `cutoff`, and the number of the others by reason."""
    last_day = np.datetime64(cutoff, "D").astype(np.int32)
    rows = find(lines, outcomes["entry_number"], outcomes["line_number"])
    received = np.zeros(len(rows), np.int32)
    received[rows >= 0] = lines.days["received_on"][rows[rows >= 0]]
    known_on = np.maximum(np.asarray(pc.fill_null(outcomes["outcome_date"].cast(pa.int32()), 2**30)), received)
    conclusive = np.asarray(pc.is_valid(weak_labels(outcomes)[0]))
    reasons = {
        "line not in the store at the cut-off": rows < 0,
        "pending": np.asarray(pc.is_null(outcomes["outcome_date"])),
        "known only after the cut-off": known_on > last_day,
        "inconclusive": ~conclusive,
    }
    counts, teaches = {}, np.ones(len(outcomes), np.bool_)
    for reason, applies in reasons.items():
        counts[reason] = int((teaches & applies).sum())
        teaches &= ~applies
    return outcomes.filter(pa.array(teaches)), counts


def enough(observed: npt.NDArray[Any], least_positives: int = LEAST_POSITIVES) -> bool:
    """Whether so many results are known, some of them positive and some not, that something can be said."""
    positives = int(observed.sum())
    return len(observed) >= LEAST_EXAMPLES and least_positives <= positives < len(observed)


def require_enough(observed: npt.NDArray[Any], where: str, least_positives: int = LEAST_POSITIVES) -> None:
    """Raise GateRefusedError where too few results are known to learn from or to judge by."""
    positives = int(observed.sum())
    if not enough(observed, least_positives):
        expected = f"at least {LEAST_EXAMPLES} known results, {least_positives} of them positive and some not"
        found = f"{len(observed)} results, {positives} positive"
        step = "Ingest more outcomes or choose a later --cutoff."
        raise GateRefusedError(Problem(where, expected, found, step))


def see(lines: Lines, known: Outcomes, listings: Listings, wanted: Rows, until: date) -> FeatureFrame:
    """The wanted lines (rows in rising order), each as its own day saw it."""
    matrix = np.empty((len(wanted), len(NAMES)))
    last = int(np.datetime64(until, "D").astype(np.int32))
    for block in replay(History(), lines, known, last, listings):
        place = np.searchsorted(wanted, block.rows)
        chosen = np.flatnonzero(wanted[np.minimum(place, len(wanted) - 1)] == block.rows)
        if len(chosen):
            matrix[place[chosen]] = compute(block.lines.take(chosen), block.view.take(chosen))
    return FeatureFrame.of(lines.take(wanted), matrix)


def cached(cache: FeatureCache | None, entries: pa.Table, lines: Lines, *given: Any) -> FeatureFrame:
    """As `see(lines, *given)`, with a replay only where the cache lacks some of the lines, which are `entries`."""
    if cache is None:
        return see(lines, *given)
    wanted: Rows = given[2]

    def replayed() -> Floats:
        return np.asarray(see(lines, *given).features.to_numpy())

    matrix = cache.matrix(entries, lines, wanted, replayed)
    return FeatureFrame.of(lines.take(wanted), matrix)


def _found(lines: Lines, outcomes: pa.Table) -> Rows:
    rows = find(lines, outcomes["entry_number"], outcomes["line_number"])
    return rows[rows >= 0]


def examples_of(lines: pa.Table, outcomes: pa.Table, frame: FeatureFrame, chance: Floats) -> Examples:
    lot = draw_chances(outcomes)
    days = (outcomes["outcome_date"].to_numpy(), lines["received_on"].to_numpy())
    label, method = weak_labels(outcomes)
    return Examples(
        lines=lines,
        frame=frame,
        observed=np.asarray(pc.equal(label, FOUND)).astype(np.float64),
        known_on=np.maximum(*days).astype("datetime64[D]"),
        cell=cells(method, frame.day),
        draw_chance=lot,
        propensity=np.fmax(chance, lot),
    )


READ: Final = ("entries", "outcomes", "listed")
"""Tables that are read: only their versions say what was learned from."""


@dataclass(frozen=True, slots=True)
class TrainingTables:
    """Lines of up to a day, all outcomes, all listings, and the version of each table.

    Of the journal of decisions on parties, the number that were taken stands for a version. `older` are keys of the
    lines entered before the settings' `history_start`, which are left out.
    """

    entries: pa.Table
    outcomes: pa.Table
    listings: Listings
    versions: dict[str, int]
    start: date
    older: pa.Table
    cache: FeatureCache | None = None

    @classmethod
    def read(
        cls, settings: Settings, until: date | None = None, versions: Mapping[str, int] | None = None
    ) -> "TrainingTables":
        """The tables as they stand, or at these versions: then nothing that was worked out before is read."""
        store = Store(settings.home, settings.memory_limit_gb)
        taken = journal.read_decisions(settings.home)
        now = {name: version for name, version in store.versions().items() if name in READ}
        now |= {"decided": len(taken)} if taken else {}
        tables = now if versions is None else dict(versions)
        start, version = settings.history_start, tables.get("entries")
        entries = store.entries(start, until, version=version)
        older = store.entries(None, start - ONE_DAY, columns=LINE_KEY, version=version)
        outcomes = store.outcomes(version=tables.get("outcomes"))
        listed = store.listed(version=tables.get("listed"))
        there = [t if n in tables else t.slice(0, 0) for n, t in zip(READ, (entries, outcomes, listed), strict=True)]
        listings = Listings.known(there[2], taken[: tables.get("decided", 0)])
        cache = FeatureCache.of(settings, tables) if versions is None else None
        return cls(there[0], there[1], listings, tables, start, older, cache)

    def last_day(self) -> date:
        """The last day of entry. Raises GateRefusedError where there are no lines."""
        last: date | None = pc.max(self.entries["entry_date"]).as_py()
        if last is None:
            step = "Run originrisk ingest entries first."
            raise GateRefusedError(Problem("entries", "entry lines", "none", step))
        return last

    def seen(self, start: date, end: date) -> tuple[pa.Table, FeatureFrame]:
        """Every line entered from `start` to `end`, and what its own day saw."""
        lines = Lines.of(self.entries)
        teaching, _ = known_outcomes(self.outcomes, lines, end)
        days = entry_dates(lines)
        rows = np.flatnonzero((days >= np.datetime64(start, "D")) & (days <= np.datetime64(end, "D")))
        given = lines, Outcomes.of(lines, teaching), self.listings, rows, end
        return self.entries.take(rows), cached(self.cache, self.entries, *given)

    def gather(self, cutoff: date, seed: int) -> Gathered:
        """What there is to learn from at the end of `cutoff` (see `originrisk.train.dataset.gather`)."""
        of_older = (
            len(self.outcomes.select(LINE_KEY).join(self.older, LINE_KEY, join_type="left semi"))
            if len(self.older)
            else 0
        )
        try:
            gathered = gather(self.entries, self.outcomes, self.listings, cutoff, seed, cache=self.cache)
        except GateRefusedError as error:
            if not of_older:
                raise
            step = "Set an earlier history_start in settings.toml."
            found = f"{of_older:,} examinations of lines entered before it"
            left = Problem("history_start", f"lines that teach from {self.start} on", found, step)
            raise GateRefusedError([*error.problems, left]) from error
        if of_older:
            gathered.left_out[f"line entered before history_start, {self.start}"] = of_older
            gathered.left_out["line not in the store at the cut-off"] -= of_older
        return gathered

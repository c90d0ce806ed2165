"""Examples: which examined lines teach, what they looked like on their day, and why the others do not teach."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import GateRefusedError, Problem
from features.catalogue import NAMES, compute
from features.history import History
from features.keys import find, key_of
from features.known import Known
from features.lines import Lines
from features.replay import FOUND, NOT_FOUND, Outcomes, Seen, replay
from train.error_rates import cells
from train.propensity import propensity

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

LEAST_EXAMPLES: Final = 100
LEAST_POSITIVES: Final = 10
UNEXAMINED_SAMPLE: Final = 60_000
"""Never-examined lines kept to learn who is examined; more would add nothing to so coarse a question."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Examined lines with a known, conclusive result, by entry date; arrays (lines,), `features` one column each.

    `lines` holds the contract's columns of the lines. `cell` is method × regime (see `train.error_rates`), `random`
    the random arm, `supplier` a key of the supplier (its own for each line without one), `propensity` the chance
    with which a line like this is examined at all.
    """

    lines: pa.Table
    features: pd.DataFrame
    observed: Floats
    known_on: npt.NDArray[np.datetime64]
    cell: npt.NDArray[np.int64]
    random: Mask
    supplier: npt.NDArray[np.uint64]
    propensity: Floats

    def __len__(self) -> int:
        return len(self.observed)

    @property
    def entry_date(self) -> npt.NDArray[np.datetime64]:
        """Day of entry of each line."""
        return np.asarray(self.lines["entry_date"].to_numpy(), "datetime64[D]")

    def take(self, rows: Mask) -> Self:
        """The examples of a mask, in order."""
        return type(self)(*(_taken(getattr(self, field.name), rows) for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Taught:
    """The lines that teach, as table and as columns of numbers, and their outcomes, row by row."""

    table: pa.Table
    lines: Lines
    outcomes: pa.Table


def gather(entries: pa.Table, outcomes: pa.Table, cutoff: date, seed: int) -> tuple[Examples, dict[str, int]]:
    """Examples known at the end of `cutoff`, and how many examinations were left out for which reason.
    Raises GateRefusedError where too few teach.

    `entries` and `outcomes` in the contract's shape, entries of up to `cutoff`. Every line is seen as the history of
    its own day saw it, with the outcomes known by then.
    """
    lines = Lines.of(entries)
    teaching, left_out = known_outcomes(outcomes, lines, cutoff)
    require_enough(np.asarray(pc.equal(teaching["result"], FOUND)), f"results known on {cutoff}")
    known = Outcomes.of(lines, teaching)
    rows = find(lines, teaching["entry_number"], teaching["line_number"])
    examined = np.zeros(lines.size, np.bool_)
    examined[_found(lines, outcomes)] = True
    share = min(1.0, UNEXAMINED_SAMPLE / max(1, int((~examined).sum())))
    kept = examined | (np.random.default_rng(seed).random(lines.size) < share)
    seen = see_all(lines, known, kept, cutoff)
    chance = propensity(seen, examined[kept], share, seed)
    order = np.argsort(rows, kind="stable")
    place = (np.cumsum(kept) - 1)[rows[order]]
    taught = Taught(entries.take(rows[order]), lines.take(rows[order]), teaching.take(order))
    return _examples(taught, seen[place], chance[place]), left_out


def known_outcomes(outcomes: pa.Table, lines: Lines, cutoff: date) -> tuple[pa.Table, dict[str, int]]:
    """Outcomes that teach at the end of `cutoff`, and the number of the others by reason."""
    last_day = np.datetime64(cutoff, "D").astype(np.int32)
    rows = find(lines, outcomes["entry_number"], outcomes["line_number"])
    received = np.where(rows >= 0, lines.days["received_on"][rows], 0)
    known_on = np.maximum(
        np.asarray(pc.fill_null(outcomes["outcome_date"].cast(pa.int32()), 2**30)), received
    )
    conclusive = np.asarray(pc.fill_null(pc.is_in(outcomes["result"], pa.array([FOUND, NOT_FOUND])), False))
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


def require_enough(observed: npt.NDArray[Any], where: str, least_positives: int = LEAST_POSITIVES) -> None:
    """Raise GateRefusedError where too few results are known to learn from or to judge by."""
    positives = int(observed.sum())
    if len(observed) < LEAST_EXAMPLES or positives < least_positives or positives == len(observed):
        expected = f"at least {LEAST_EXAMPLES} known results, {least_positives} of them positive and some not"
        found = f"{len(observed)} results, {positives} positive"
        step = "Ingest more outcomes or choose a later --cutoff."
        raise GateRefusedError(Problem(where, expected, found, step))


def see_all(lines: Lines, known: Outcomes, wanted: Mask, until: date) -> Floats:
    """Features (wanted lines, features) of the wanted lines, each as its own day saw it."""
    matrix = np.empty((int(wanted.sum()), len(NAMES)))
    place = np.cumsum(wanted) - 1
    for seen in replay(History(), lines, known, int(np.datetime64(until, "D").astype(np.int32))):
        chosen = np.flatnonzero(wanted[seen.rows])
        if len(chosen):
            matrix[place[seen.rows[chosen]]] = compute(seen.lines.take(chosen), _known(seen, chosen))
    return matrix


def _known(seen: Seen, chosen: Rows) -> Known:
    return Known(seen.known.today[chosen], lambda key: seen.known.state(key)[chosen], seen.known.columns)


def _found(lines: Lines, outcomes: pa.Table) -> Rows:
    rows = find(lines, outcomes["entry_number"], outcomes["line_number"])
    return rows[rows >= 0]


def _examples(taught: Taught, seen: Floats, chance: Floats) -> Examples:
    recorded = np.asarray(pc.fill_null(taught.outcomes["selection_probability"], 0.0))
    random = np.asarray(pc.equal(taught.outcomes["selection"], "random"))
    entry_date = np.asarray(taught.table["entry_date"].to_numpy(), "datetime64[D]")
    days = [taught.outcomes["outcome_date"].to_numpy(), taught.table["received_on"].to_numpy()]
    supplier = key_of(taught.lines, "supplier")
    return Examples(
        lines=taught.table,
        features=pd.DataFrame(seen, columns=list(NAMES)),
        observed=np.asarray(pc.equal(taught.outcomes["result"], FOUND)).astype(np.float64),
        known_on=np.maximum(*days).astype("datetime64[D]"),
        cell=cells(taught.outcomes["method"], entry_date),
        random=random,
        supplier=np.where(supplier == 0, np.arange(1, len(chance) + 1, dtype=np.uint64), supplier),
        propensity=np.maximum(chance, np.where(random, recorded, 0.0)),
    )


def _taken(values: Any, rows: Mask) -> Any:
    if isinstance(values, pa.Table):
        return values.filter(pa.array(rows))
    return values[rows].reset_index(drop=True) if isinstance(values, pd.DataFrame) else values[rows]

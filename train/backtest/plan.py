"""What a backtest is given: the months, the policies of examination, and what an examination of a line would find."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from originrisk.data.arrays import Floats, Ints, Mask, Rows
from originrisk.data.contract import LINE_KEY
from originrisk.data.dispositions import FOUND, NOT_FOUND
from originrisk.data.errors import BadInputError, Problem
from originrisk.features.history.keys import find
from originrisk.features.lines import Lines
from originrisk.train.dataset import require_enough
from originrisk.train.labels import Expected, cells


@dataclass(frozen=True, slots=True)
class BacktestPlan:
    """What is replayed: `months` from `start`, a new model every `every` months, results `delay` days after entry."""

    start: np.datetime64
    months: int
    every: int
    delay: int
    seed: int

    def month(self, number: int) -> tuple[int, int]:
        """First and last day of a month, in days since 1970-01-01."""
        first = self.start.astype("datetime64[M]") + number
        days = [(first + n).astype("datetime64[D]").astype(np.int64) for n in (0, 1)]
        return int(days[0]), int(days[1]) - 1

    def name(self, number: int) -> str:
        """A month as YYYY-MM."""
        return str(self.start.astype("datetime64[M]") + number)


@dataclass(frozen=True, slots=True)
class Policy:
    """Shares of the capacity that go to the lot and to doubtful lines; all else goes to the highest scores."""

    by_lot: float = 0.0
    doubtful: float = 0.0


POLICIES: Final = {
    "exploit": Policy(),
    "random5": Policy(by_lot=0.05),
    "random10": Policy(by_lot=0.10),
    "uncertain10": Policy(by_lot=0.05, doubtful=0.05),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which lines are examined: masks (lines,), the random arm apart, and the chance with which the lot took one."""

    examined: Mask
    random: Mask
    chance: float


def select(policy: Policy, score: Floats, doubt: Floats, capacity: int, rng: np.random.Generator) -> Selection:
    """Examine `capacity` lines (all where there are fewer): the highest scores, the most doubted, then the lot."""
    capacity = min(capacity, len(score))
    by_lot, doubtful = round(policy.by_lot * capacity), round(policy.doubtful * capacity)
    chosen = np.zeros(len(score), np.bool_)
    chosen[np.argsort(-score, kind="stable")[: capacity - by_lot - doubtful]] = True
    chosen[np.argsort(np.where(chosen, np.inf, -doubt), kind="stable")[:doubtful]] = True
    rest = np.flatnonzero(~chosen)
    random = np.zeros(len(score), np.bool_)
    random[rng.choice(rest, by_lot, replace=False)] = True
    return Selection(chosen | random, random, by_lot / max(1, len(rest)))


COLUMNS = (*LINE_KEY, "exact_result")


@dataclass(frozen=True, slots=True)
class Findings:
    """What each line's examination finds and by which method × regime, and the truth, each (lines,).

    NaN is what nobody can say; `complete` if all can be examined. Of real trade the truth is what was found.
    """

    found: Floats
    cell: Ints
    truth: Floats
    complete: bool


def from_truth(path: Path, lines: Lines, outcomes: pa.Table, seed: int) -> Findings:
    """Results drawn around what exact examinations of a simulated world find (`exact_result` of its truth file).

    Each line's method is drawn from those of the conclusive `outcomes`, and is wrong as often as is expected of it: a
    model that allows for errors overstates everything where there are none. Raises BadInputError where the file is
    none, or does not hold every line; GateRefusedError where too few outcomes are conclusive.
    """
    try:
        table = pq.read_table(path, columns=list(COLUMNS))
    except (OSError, pa.ArrowInvalid) as error:
        step = "Name the truth.parquet of the world that was ingested."
        raise BadInputError(Problem("--truth", "a truth file", "none that can be read", step)) from error
    exact = _conclusive(table.rename_columns([*LINE_KEY, "result"]))
    truth = _results(exact, find(lines, *(exact[name] for name in LINE_KEY)), lines.size)
    if missing := int(np.isnan(truth).sum()):
        raise BadInputError(Problem("--truth", "the truth of every line", f"{missing:,} lines without"))
    rng, conclusive = np.random.default_rng(seed), _conclusive(outcomes)
    require_enough(np.asarray(pc.equal(conclusive["result"], FOUND)), "conclusive results")
    methods = rng.choice(conclusive["method"].to_numpy(), lines.size)
    cell = cells(pa.chunked_array([methods], pa.string()), _days(lines))
    wrong, missed = Expected.of().error_rates.of(cell)
    chance = np.where(truth > 0, 1 - missed, wrong)
    return Findings((rng.random(lines.size) < chance).astype(np.float64), cell, truth, complete=True)


def from_outcomes(outcomes: pa.Table, lines: Lines) -> Findings:
    """From conclusive results: only lines that were examined in fact can be examined again."""
    done = _conclusive(outcomes)
    rows = find(lines, *(done[name] for name in LINE_KEY))
    method = _placed(done["method"].to_numpy(), rows, np.full(lines.size, None, object))
    cell = cells(pa.chunked_array([method], pa.string()), _days(lines))
    found = _results(done, rows, lines.size)
    return Findings(found, cell, found, complete=False)


def _conclusive(outcomes: pa.Table) -> pa.Table:
    return outcomes.filter(pc.is_in(outcomes["result"], pa.array([FOUND, NOT_FOUND])))


def _results(done: pa.Table, rows: Rows, lines: int) -> Floats:
    values = np.asarray(pc.equal(done["result"], FOUND), np.float64)
    return _placed(values, rows, np.full(lines, np.nan))


def _placed(values: npt.NDArray[Any], rows: Rows, empty: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The empty column with each value at the row of its line, where it has one."""
    empty[rows[rows >= 0]] = values[rows >= 0]
    return empty


def _days(lines: Lines) -> npt.NDArray[np.datetime64]:
    return lines.days["entry_date"].astype("datetime64[D]")

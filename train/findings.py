"""What an examination of a line would find: the truth of a simulated world, or the results that are known."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import BadInputError, Problem
from features.keys import find
from features.lines import Lines
from features.replay import FOUND, NOT_FOUND

Floats = npt.NDArray[np.float64]
TRUTH_COLUMNS = ("entry_number", "line_number", "y_any")


@dataclass(frozen=True, slots=True)
class Findings:
    """What each line's examination finds (lines,), NaN where nobody can say; `complete` if all can be examined."""

    found: Floats
    complete: bool


def from_truth(path: Path, lines: Lines) -> Findings:
    """From a simulated world's truth file. Raises BadInputError where it is none, or does not hold every line."""
    try:
        table = pq.read_table(path, columns=list(TRUTH_COLUMNS))
    except (OSError, pa.ArrowInvalid) as error:
        step = "Name the truth.parquet of the world that was ingested."
        raise BadInputError(Problem("--truth", "a truth file", "none that can be read", step)) from error
    found = _of_lines(lines, table, np.asarray(table["y_any"], np.float64))
    if missing := int(np.isnan(found).sum()):
        raise BadInputError(Problem("--truth", "the truth of every line", f"{missing:,} lines without"))
    return Findings(found, complete=True)


def from_outcomes(outcomes: pa.Table, lines: Lines) -> Findings:
    """From conclusive results: only lines that were examined in fact can be examined again."""
    done = outcomes.filter(pc.is_in(outcomes["result"], pa.array([FOUND, NOT_FOUND])))
    return Findings(_of_lines(lines, done, np.asarray(pc.equal(done["result"], FOUND), np.float64)), False)


def _of_lines(lines: Lines, table: pa.Table, values: Floats) -> Floats:
    rows = find(lines, table["entry_number"], table["line_number"])
    found = np.full(lines.size, np.nan)
    found[rows[rows >= 0]] = values[rows >= 0]
    return found

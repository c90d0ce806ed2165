"""What an examination of a line would find: the truth of a simulated world, or the results that are known."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.contract import LINE_KEY
from data.errors import BadInputError, Problem
from features.keys import find
from features.lines import Lines
from features.replay import FOUND, NOT_FOUND

Floats = npt.NDArray[np.float64]
COLUMNS = (*LINE_KEY, "exact_result")


@dataclass(frozen=True, slots=True)
class Findings:
    """What each line's examination finds (lines,), NaN where nobody can say; `complete` if all can be examined."""

    found: Floats
    complete: bool


def from_truth(path: Path, lines: Lines) -> Findings:
    """From what exact examinations of a simulated world find (`exact_result` of its truth file).

    Raises BadInputError where the file is none, or does not hold every line.
    """
    try:
        table = pq.read_table(path, columns=list(COLUMNS))
    except (OSError, pa.ArrowInvalid) as error:
        step = "Name the truth.parquet of the world that was ingested."
        raise BadInputError(Problem("--truth", "a truth file", "none that can be read", step)) from error
    found = from_outcomes(table.rename_columns([*LINE_KEY, "result"]), lines).found
    if missing := int(np.isnan(found).sum()):
        raise BadInputError(Problem("--truth", "the truth of every line", f"{missing:,} lines without"))
    return Findings(found, complete=True)


def from_outcomes(outcomes: pa.Table, lines: Lines) -> Findings:
    """From conclusive results: only lines that were examined in fact can be examined again."""
    done = outcomes.filter(pc.is_in(outcomes["result"], pa.array([FOUND, NOT_FOUND])))
    rows, values = find(lines, done["entry_number"], done["line_number"]), pc.equal(done["result"], FOUND)
    found = np.full(lines.size, np.nan)
    found[rows[rows >= 0]] = np.asarray(values, np.float64)[rows >= 0]
    return Findings(found, complete=False)

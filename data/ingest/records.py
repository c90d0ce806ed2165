"""What readers of files hand on: layout, records, and the records that are no rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from originrisk.data.errors import BadInputError, Problem


@dataclass(frozen=True, slots=True)
class Layout:
    """Headings of a file in their order, and how its text is written. `first_row` is the first row of data."""

    headings: tuple[str, ...]
    first_row: int = 1
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A record that is no row of the table: its row number, its text, and why."""

    row: int
    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Records:
    """Some records of a file: cells under the file's headings, the row number of each, and the misfits.

    Row numbers are those a person sees: the line of a text file or the row of a sheet (headings included), and
    in Parquet the row from 1. `size` is how many bytes of the file they took.
    """

    table: pa.Table
    rows: NDArray[np.int64]
    misfits: Sequence[Misfit] = ()
    size: float = 0.0


def heading(text: str) -> str:
    """A heading for comparison: without marks, outer and doubled blanks, and letter case."""
    return " ".join(text.replace("\ufeff", "").split()).casefold()


def checked_headings(label: str, headings: Sequence[str]) -> tuple[str, ...]:
    """The headings, if no two are the same."""
    seen = [heading(name) for name in headings]
    twice = sorted({name for name in seen if name and seen.count(name) > 1})
    if twice:
        raise BadInputError(Problem(label, "each column once", f"`{'`, `'.join(twice)}` more than once"))
    return tuple(headings)

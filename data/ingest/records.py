"""What readers of files hand on: layout, records, and the records that are no rows of a table; their budget."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.settings import ReadSettings

ROWS_BEFORE_HEADINGS: Final = 30
RAW_KEPT: Final = 10_000
"""Characters kept of a record that is no row."""
UNCALCULATED: Final = "#FORMULA!"
"""Stands in a cell whose formula was written without its result."""
_FREE: Final = 1 << 26
_UNNAMED: Final = re.compile(r"\s*(?:Unnamed: \d+|__index_level_\d+__)?\s*")
"""No heading, or what pandas writes in its place."""
_HEADING: Final = re.compile(r"(?!.*\d{4})[^\W\d][^\x00-\x1f\x7f]{0,59}")


@dataclass(frozen=True, slots=True)
class FileLayout:
    """Headings of a file in their order, and how its text is written. `first_row` is the first row of data.

    `notes` say what a person should know of the file that no count tells: what was passed over, what was guessed.
    """

    headings: tuple[str, ...]
    first_row: int = 1
    encoding: str = "utf-8"
    delimiter: str = ","
    end: str = "\n"
    sheet: str = ""
    longest_record: int = 1 << 20
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Misfit:
    """A record that is no row of the table: its row number, its text, and why."""

    row: int
    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Some records of a file: cells under the file's headings, the row number of each, and the misfits.

    Row numbers are those a person sees: the line of a text file or the row of a sheet (headings included), and
    in Parquet the row from 1. `size` is how many bytes of the file they took. `typed`: of headings whose cells are
    texts, those that the file holds as numbers.
    """

    table: pa.Table
    rows: NDArray[np.int64]
    misfits: Sequence[Misfit] = ()
    size: float = 0.0
    typed: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)


class Budget:
    """What a file may hold once it is unpacked: bytes, and bytes for each of its own beyond the first 64 MB."""

    def __init__(self, label: str, packed: int, limits: ReadSettings) -> None:
        self._label, self._limits = label, limits
        self._left = min(limits.most_gb * 1e9, _FREE + limits.most_ratio * packed)

    def spend(self, size: int) -> None:
        """Count bytes that were unpacked."""
        self._left -= size
        self.afford(0)

    def afford(self, size: int) -> None:
        """Raises BadInputError where the file holds more than it may, these bytes counted."""
        if self._left < size:
            most = f"at most {self._limits.most_gb:g} GB unpacked and {self._limits.most_ratio:g} times the file"
            step = "If the file is sound, raise `most_gb` or `most_ratio` under [read] in settings.toml."
            raise BadInputError(Problem(self._label, most, "more", step))


def heading(text: str) -> str:
    """A heading for comparison: without marks, outer and doubled blanks, and letter case."""
    return " ".join(text.replace("\ufeff", "").split()).casefold()


def named(headings: Iterable[str]) -> list[str]:
    """The headings that say anything: a column without one is passed over."""
    return [name for name in headings if not _UNNAMED.fullmatch(name.replace("\ufeff", ""))]


def shown(headings: Sequence[str], name: str) -> str:
    """A heading in a message: quoted where it looks like one, else by place and length, for it may be a value."""
    if _HEADING.fullmatch(name.strip("\ufeff ")):
        return f"`{name}`"
    return f"column {list(headings).index(name) + 1} ({len(name)} characters)"


def checked_headings(label: str, headings: Sequence[str], wanted: Collection[str]) -> tuple[str, ...]:
    """The headings, if some are wanted, and no two are the same."""
    seen = [heading(name) for name in headings]
    if not {heading(name) for name in wanted} & set(seen):
        found = f"{len(seen)} cells, none of them a known heading"
        step = "Does it begin with its headings? Another shape needs `--mapping`."
        raise BadInputError(Problem(label, "a row of column names", found, step))
    twice = [name for place, name in enumerate(headings) if heading(name) in seen[:place] and heading(name)]
    if twice:
        named = ", ".join(dict.fromkeys(shown(headings, name) for name in twice))
        raise BadInputError(Problem(label, "each column once", f"{named} more than once"))
    return tuple(headings)


def row_of_headings(rows: Iterable[Sequence[str]], wanted: Collection[str]) -> tuple[int, list[str], int] | None:
    """The row with most of the wanted headings: its number, its cells, and how many rows with content lie before it.

    Without any wanted heading, the first row with two cells; None without that.
    """
    names = {heading(name) for name in wanted}
    best, most, full = None, -1, 0
    for number, row in enumerate(rows, start=1):
        cells = sum(bool(cell.strip()) for cell in row)
        found = len(names & {heading(cell) for cell in row})
        if cells > 1 and found > most:
            best, most = (number, list(row), full), found
        full += bool(cells)
    return best

"""Entry lines as columns of numbers: text as codes into its distinct values, dates as days since 1970-01-01."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, ParamSpec, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data import reference
from originrisk.data.reference.rows import Dimension, Unit
from originrisk.data.reference.table import Days

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

NO_DAY = np.int32(-1)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Text:
    """A text column: `codes` (n,) into `levels`, -1 where null. Each level is read once, however often it occurs.

    Codes of many lines are short; those of few may be as long as indexes are, which numpy need not convert.
    """

    codes: Codes | Rows
    levels: npt.NDArray[np.object_]
    memo: dict[Any, npt.NDArray[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Text":
        """A string column; levels in the order of their first row."""
        encoded = column.combine_chunks().dictionary_encode()
        codes = pc.fill_null(encoded.indices, -1).to_numpy()
        return cls(np.asarray(codes, dtype=np.int32), np.array([*encoded.dictionary.to_pylist()], dtype=object))

    def read(self, function: Callable[[str], float], missing: float) -> Floats:
        """`function` of every cell (n,), computed once per level; `missing` where the cell is null."""
        if (function, missing) not in self.memo:
            values = map(function, self.levels.tolist())
            self.memo[function, missing] = np.array([*values, missing], dtype=np.float64)
        numbers: Floats = self.memo[function, missing][self.codes]
        return numbers

    def says(self, function: Callable[[str], bool]) -> Bools:
        """Where `function` holds of the cell (n,); False where the cell is null."""
        return self.read(function, 0.0) > 0

    def take(self, rows: Rows | slice) -> "Text":
        """The same column at other rows; levels and what was read from them are shared."""
        return Text(self.codes[rows], self.levels, self.memo)

    def cells(self) -> npt.NDArray[np.object_]:
        """The cells themselves (n,), None where null."""
        return np.array([*self.levels, None], dtype=object)[self.codes]

    @property
    def null(self) -> Bools:
        """True where the cell is null (n,)."""
        return self.codes < 0


@dataclass(frozen=True, slots=True)
class Lines:
    """Entry lines in the contract's columns, ready for vector work. Rows keep the order they came in."""

    size: int
    texts: dict[str, Text]
    numbers: dict[str, Floats]
    days: dict[str, Codes]
    memo: dict[Any, Any] = field(default_factory=dict)
    pseudonym_key: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, table: pa.Table) -> "Lines":
        """Lines of a table in the contract's `entries` shape (all its columns, in its types)."""
        texts, numbers, days = {}, {}, {}
        for name, column in zip(table.column_names, table.columns, strict=True):
            if pa.types.is_date32(column.type):
                days[name] = _days(column)
            elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
                texts[name] = Text.of(column)
            else:
                numbers[name] = _floats(column)
        return cls(table.num_rows, texts, numbers, days)

    def take(self, rows: Rows | slice) -> "Lines":
        """The lines at `rows`, in that order."""
        texts = {name: text.take(rows) for name, text in self.texts.items()}
        numbers = {name: values[rows] for name, values in self.numbers.items()}
        days = {name: values[rows] for name, values in self.days.items()}
        return Lines(len(days["entry_date"]), texts, numbers, days, pseudonym_key=self.pseudonym_key)

    def under(self, pseudonym_key: bytes) -> "Lines":
        """The same lines, their persons known by pseudonyms of this key."""
        if pseudonym_key == self.pseudonym_key:
            return self
        return replace(self, memo={}, pseudonym_key=pseudonym_key)


def _days(column: pa.ChunkedArray) -> Codes:
    filled = pc.fill_null(column.cast(pa.int32()), int(NO_DAY))
    return np.asarray(filled.to_numpy(), dtype=np.int32)


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def shared(function: Callable[P, T]) -> Callable[P, T]:
    """Remember what `function(first, ...)` gives in `first.memo`, so that features may share a step."""

    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        memo: dict[Any, T] = args[0].memo  # type: ignore[attr-defined]
        if function not in memo:
            memo[function] = function(*args, **kwargs)
        return memo[function]

    once.__doc__ = function.__doc__
    once.__name__ = function.__name__
    return once


@shared
def entry_dates(lines: Lines) -> Days:
    """Entry date of each line (n,)."""
    return lines.days["entry_date"].astype("datetime64[D]")


DIMENSIONS: dict[Dimension, int] = {
    "none": 0, "piece": 1, "pair": 2, "kilogram": 3, "square_metre": 4, "metre": 5, "litre": 6, "kilowatt_hour": 8,
}  # fmt: skip
OTHER = 7
"""Of units that no table has. Each is a dimension of its own, numbered from APART: it counts nothing else."""
APART = 16


@cache
def _units() -> dict[str, Unit]:
    return {unit.code: unit for unit in reference.units()}


def _dimension(code: str) -> int:
    unit = _units().get(code)
    return DIMENSIONS[unit.dimension] if unit else APART + crc32(code.encode())


def _factor(code: str) -> float:
    """How many of its dimension the unit counts; `X` says that no quantity is collected."""
    unit = _units().get(code)
    return 1.0 if unit is None else unit.factor if unit.dimension != "none" else np.nan


def prefix(lines: Lines, digits: int) -> Ints:
    """First `digits` digits of HTSUS as a whole number (n,); 0 where the number is shorter."""
    return lines.texts["htsus"].read(_PREFIXES[digits], 0).astype(np.int64)


def _leading(digits: int) -> Callable[[str], int]:
    return lambda hts: int(hts[:digits]) if len(hts) >= digits else 0


_PREFIXES = {digits: _leading(digits) for digits in (2, 4, 6, 8, 10)}


def unit_dimension(lines: Lines, unit: str = "unit_of_measure") -> Ints:
    """What a quantity counts (n,), by default the first: pieces, pairs, kilograms …; 0 where no unit is given."""
    return lines.texts[unit].read(_dimension, 0).astype(np.int64)


def units(lines: Lines, quantity: str = "quantity", unit: str = "unit_of_measure") -> Floats:
    """A quantity, by default the first, in single pieces, pairs, kilograms … (n,); NaN where it or its unit is
    missing or zero."""
    count = lines.numbers[quantity] * lines.texts[unit].read(_factor, np.nan)
    return np.where(count > 0, count, np.nan)


@shared
def kilograms(lines: Lines) -> Floats:
    """Net weight of each line (n,) where a quantity is in kilograms, else its gross weight; NaN without either."""
    weight = positive(lines.numbers["gross_weight_kg"])
    for quantity, unit in (("second_quantity", "second_unit"), ("quantity", "unit_of_measure")):
        net = units(lines, quantity, unit)
        told = (unit_dimension(lines, unit) == DIMENSIONS["kilogram"]) & ~np.isnan(net)
        weight = np.where(told, net, weight)
    return weight


def positive(values: Floats) -> Floats:
    """Values above zero (n,); NaN elsewhere."""
    return np.where(values > 0, values, np.nan)


def within(numbers: Ints, *ranges: tuple[int, int]) -> Bools:
    """True where a number lies in one of the closed ranges (n,)."""
    inside = np.zeros(len(numbers), np.bool_)
    for low, high in ranges:
        inside |= (numbers >= low) & (numbers <= high)
    return inside

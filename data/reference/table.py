"""Reads one reference table, every cell checked; and values that follow one another as they became public."""

import csv
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from originrisk.data.errors import BadInputError, Problem

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FOLDER: Final = Path(__file__).parent

Row = TypeVar("Row", bound="DataclassInstance")


@cache
def read(name: str, row: type[Row], folder: Path = FOLDER) -> tuple[Row, ...]:
    """Rows of `<name>.csv` in file order.

    A field's type says what a cell may hold: text, number, ISO date, `true`/`false`, one of a Literal,
    several texts separated by `|`; empty is None where the type allows it. Raises BadInputError.
    """
    path = folder / f"{name}.csv"
    readers = {field: _reader(kind) for field, kind in get_type_hints(row).items()}
    with path.open(newline="", encoding="utf-8") as file:
        header, *records = csv.reader(file)
    expected = [one.name for one in fields(row)]
    if header != expected:
        step = "Reinstall originrisk, or bring the table back into this shape."
        raise BadInputError(Problem(path.name, f"the columns {', '.join(expected)}", ", ".join(header), step))
    problems: list[Problem] = []
    rows = []
    for number, record in enumerate(records, 2):
        where, values = f"{path.name} line {number}", dict[str, Any]()
        if len(record) != len(header):
            problems.append(Problem(where, f"{len(header)} cells", str(len(record))))
        for field, cell in zip(header, record, strict=False):
            try:
                values[field] = readers[field](cell)
            except ValueError as error:
                problems.append(Problem(f"{where}, {field}", str(error), repr(cell)))
        rows.append(values)
    if problems:
        raise BadInputError(problems)
    return tuple(row(**values) for values in rows)


def reader(name: str, row: type[Row]) -> Callable[[], tuple[Row, ...]]:
    """The function that gives the rows of a table, read when it is first called."""
    return lambda: read(name, row)


def _reader(kind: Any) -> Callable[[str], Any]:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        read_value = _reader(next(part for part in inner if part is not type(None)))
        return lambda cell: read_value(cell) if cell else None
    if origin is Literal:
        return lambda cell: _one_of(inner, cell)
    if origin is tuple:
        return lambda cell: tuple(cell.split("|")) if cell else ()
    return _READERS[kind]


def _one_of(allowed: tuple[str, ...], cell: str) -> str:
    if cell not in allowed:
        raise ValueError(f"one of {', '.join(allowed)}")
    return cell


def _date(cell: str) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError("an ISO date") from None


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError("a number") from None


_READERS: Final[dict[Any, Callable[[str], Any]]] = {
    str: str,
    int: lambda cell: int(_number(cell)),
    float: _number,
    date: _date,
    bool: lambda cell: _one_of(("true", "false"), cell) == "true",
}


Days = NDArray[np.datetime64]


class Dated(Protocol):
    """A row that became public on a day."""

    @property
    def known_from(self) -> date: ...


Public = TypeVar("Public", bound=Dated)


def known(rows: Iterable[Public], day: date) -> tuple[Public, ...]:
    """The rows that a line of that day may see."""
    return tuple(row for row in rows if row.known_from < day)


@dataclass(frozen=True, slots=True)
class Series:
    """Values by the day from which each was known."""

    known_from: Days
    values: NDArray[np.float64]

    @classmethod
    def of(cls, rows: Iterable[Public], value: Callable[[Public], float]) -> "Series":
        """The series of rows of a table."""
        ordered = sorted(rows, key=lambda row: row.known_from)
        days = np.array([row.known_from for row in ordered], dtype="datetime64[D]")
        return cls(days, np.array([np.nan, *map(value, ordered)]))

    def latest(self, days: Days) -> NDArray[np.float64]:
        """The value that became known last before each day."""
        return self.values[np.searchsorted(self.known_from, days, side="left")]

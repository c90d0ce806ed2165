"""Rows that are seen from the day after they became public, and values that follow one another."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]


class Dated(Protocol):
    """A row that became public on a day."""

    @property
    def known_from(self) -> date: ...


Row = TypeVar("Row", bound=Dated)


def known(rows: Iterable[Row], day: date) -> tuple[Row, ...]:
    """The rows that a line of that day may see."""
    return tuple(row for row in rows if row.known_from < day)


@dataclass(frozen=True, slots=True)
class Series:
    """Values by the day from which each was known."""

    known_from: Days
    values: NDArray[np.float64]

    @classmethod
    def of(cls, rows: Iterable[Row], value: Callable[[Row], float]) -> "Series":
        """The series of rows of a table."""
        ordered = sorted(rows, key=lambda row: row.known_from)
        days = np.array([row.known_from for row in ordered], dtype="datetime64[D]")
        return cls(days, np.array([np.nan, *map(value, ordered)]))

    def latest(self, days: Days) -> NDArray[np.float64]:
        """The value that became known last before each day."""
        return self.values[np.searchsorted(self.known_from, days, side="left")]

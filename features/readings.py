"""Readings: columns that a formula makes of counts. Those of one formula are worked out together."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np

from originrisk.features.history.view import FIXED_POINT, Known, base_rate, shrunk
from originrisk.features.lines import Floats, Lines, Rows

Formula = Callable[..., Floats]
"""`formula(known, *counts)` works cell by cell: each count, and what comes of them, is (k, n) for k columns at once."""

Of = tuple[str, ...]
"""Names of counts, as `key.measure.window`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One column: a formula, and the counts it takes."""

    formula: Formula
    names: Of

    def __call__(self, _lines: Lines, known: Known) -> Floats:
        """The column on its own (n,)."""
        column: Floats = self.formula(known, *(known.counts((name,)) for name in self.names))[0]
        return column


@dataclass(frozen=True, slots=True)
class Stack:
    """Readings of one formula: where each stands among all columns; of each count that it takes, their names."""

    formula: Formula
    places: Rows
    names: tuple[Of, ...]

    def columns(self, known: Known) -> Floats:
        """The columns of all of them (readings, n)."""
        return self.formula(known, *map(known.counts, self.names))


def stacks(columns: Iterable[object]) -> tuple[Stack, ...]:
    """The readings among the columns, together where formula and number of counts are the same."""
    alike: defaultdict[tuple[Formula, int], list[tuple[int, Of]]] = defaultdict(list)
    for place, column in enumerate(columns):
        if isinstance(column, Reading):
            alike[column.formula, len(column.names)].append((place, column.names))
    return tuple(
        Stack(
            formula,
            np.array([place for place, _ in found]),
            tuple(zip(*(names for _, names in found), strict=True)),
        )
        for (formula, _), found in alike.items()
    )


def count(name: str) -> Reading:
    """A count or a sum of whole numbers; 0 where the key was never learned."""
    return Reading(_count, (name,))


def since(name: str) -> Reading:
    """Days from the day under a name (`first`, `last`, `found_on`) to the line's; NaN if there is none."""
    return Reading(_since, (name,))


def share(part: str, whole: str) -> Reading:
    """A count over another; NaN where that is 0."""
    return Reading(_share, (part, whole))


def mean(total: str, number: str) -> Reading:
    """A sum of measures in fixed point over their number, in their own unit; NaN where there are none."""
    return Reading(_mean, (total, number))


def rate(*keys: str) -> Reading:
    """Share of examinations under the last key that found Xinjiang inputs, shrunk to that of the key before it, and so
    on, the first to the general share."""
    return Reading(_rate, tuple(chain(*((f"{key}.found.ever", f"{key}.examined.ever") for key in keys))))


def _count(_known: Known, counted: Floats) -> Floats:
    return counted


def _since(known: Known, day: Floats) -> Floats:
    return np.where(day > 0, known.today - day, np.nan)


def _share(_known: Known, part: Floats, whole: Floats) -> Floats:
    return part / np.where(whole > 0, whole, np.nan)


def _mean(_known: Known, total: Floats, number: Floats) -> Floats:
    return _share(_known, total, number) / FIXED_POINT


def _rate(known: Known, *counts: Floats) -> Floats:
    parent = base_rate(known)
    for found, examined in zip(counts[::2], counts[1::2], strict=True):
        parent = shrunk(found, examined, parent)
    return parent

"""A feature: one column of the model, what people read about it, and the formulas that make columns of counts."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from typing import Final, Literal, get_args

import numpy as np

from originrisk.features.history.view import FIXED_POINT, PointInTimeView, base_rate, shrunk
from originrisk.features.lines import Bools, Floats, Ints, Lines, Rows

Concept = Literal["findings", "parties", "links", "material", "price", "route", "goods", "paperwork"]
CONCEPTS: Final[tuple[Concept, ...]] = get_args(Concept)
Column = Callable[[Lines, PointInTimeView], Floats | Ints | Bools]


@dataclass(frozen=True, slots=True)
class Feature:
    """One column. `meaning` is what officer and model card read, `missing` what NaN means, `monotone` the sign known to
    the domain. `dated` features read a legal date or a dated fact: they alone change when a world is shifted in time.

    A changed formula is a new `version`: a model reads a feature of the name and version that it was fitted with.
    Example rows of each stand in `examples/CONCEPT.toml`: lines and history in, value out.
    """

    concept: Concept
    name: str
    unit: str
    meaning: str
    column: Column
    missing: str = "not declared"
    kind: Literal["number", "category"] = "number"
    monotone: Literal[-1, 0, 1] = 0
    dated: bool = False
    version: int = 1

    def compute(self, lines: Lines, view: PointInTimeView) -> Floats:
        """The column (n,); NaN where the feature is missing."""
        return np.asarray(self.column(lines, view), dtype=np.float64)


Formula = Callable[..., Floats]
"""`formula(view, *counts)` works cell by cell: each count, and what comes of them, is (k, n) for k columns at once."""


@dataclass(frozen=True, slots=True)
class CountReading:
    """A column that a formula makes of counts, by their names `key.measure.window`."""

    formula: Formula
    names: tuple[str, ...]

    def __call__(self, _lines: Lines, view: PointInTimeView) -> Floats:
        """The column on its own (n,)."""
        column: Floats = self.formula(view, *(view.counts((name,)) for name in self.names))[0]
        return column


@dataclass(frozen=True, slots=True)
class Stack:
    """Readings of one formula, worked out together: where each stands among all columns; of each count, their names."""

    formula: Formula
    places: Rows
    names: tuple[tuple[str, ...], ...]

    def columns(self, view: PointInTimeView) -> Floats:
        """The columns of all of them (readings, n)."""
        return self.formula(view, *map(view.counts, self.names))


def stacks(columns: Iterable[object]) -> tuple[Stack, ...]:
    """The readings among the columns, together where formula and number of counts are the same."""
    alike: defaultdict[tuple[Formula, int], list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
    for place, column in enumerate(columns):
        if isinstance(column, CountReading):
            alike[column.formula, len(column.names)].append((place, column.names))
    return tuple(
        Stack(formula, np.array([place for place, _ in found]), tuple(zip(*(names for _, names in found), strict=True)))
        for (formula, _), found in alike.items()
    )


def count(name: str) -> CountReading:
    """A count or a sum of whole numbers; 0 where the key was never learned."""
    return CountReading(_count, (name,))


def since(*names: str) -> CountReading:
    """Days from the latest of the days under these names (`first`, `last`, `found_on`); NaN if there is none."""
    return CountReading(_since, names)


def share(part: str, *wholes: str) -> CountReading:
    """Highest share that the counts `KEY.part` have in `KEY.lines.365` of these keys; NaN where all of these are 0."""
    return CountReading(_share, tuple(chain(*((f"{key}.{part}.365", f"{key}.lines.365") for key in wholes))))


def mean(total: str, *keys: str) -> CountReading:
    """Highest mean over the lines of a year, of a measure in fixed point, under these keys; NaN without lines."""
    return CountReading(_mean, tuple(chain(*((f"{key}.{total}.365", f"{key}.lines.365") for key in keys))))


def ratio(part: str, whole: str) -> CountReading:
    """A count over another; NaN where that is 0."""
    return CountReading(_share, (part, whole))


def rate(*keys: str) -> CountReading:
    """Share of examinations under the last key that found Xinjiang inputs, shrunk to that of the key before it, and so
    on, the first to the general share."""
    return CountReading(_rate, _examined(*keys))


def highest_rate(*keys: str) -> CountReading:
    """Highest share of examinations that found Xinjiang inputs under these keys, each shrunk to the general share."""
    return CountReading(_highest_rate, _examined(*keys))


def _examined(*keys: str) -> tuple[str, ...]:
    return tuple(chain(*((f"{key}.found.ever", f"{key}.examined.ever") for key in keys)))


def _count(_view: PointInTimeView, counted: Floats) -> Floats:
    return counted


def _since(view: PointInTimeView, *days: Floats) -> Floats:
    latest = reduce(np.maximum, days)
    return np.where(latest > 0, view.today - latest, np.nan)


def _share(_view: PointInTimeView, *counts: Floats) -> Floats:
    pairs = zip(counts[::2], counts[1::2], strict=True)
    return reduce(np.fmax, (part / np.where(whole > 0, whole, np.nan) for part, whole in pairs))


def _mean(view: PointInTimeView, *counts: Floats) -> Floats:
    return _share(view, *counts) / FIXED_POINT


def _rate(view: PointInTimeView, *counts: Floats) -> Floats:
    parent = base_rate(view)
    for found, examined in zip(counts[::2], counts[1::2], strict=True):
        parent = shrunk(found, examined, parent)
    return parent


def _highest_rate(view: PointInTimeView, *counts: Floats) -> Floats:
    base = base_rate(view)
    return reduce(np.maximum, (shrunk(*pair, base) for pair in zip(counts[::2], counts[1::2], strict=True)))

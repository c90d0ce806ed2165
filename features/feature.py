"""A feature: a small function from columns to one column, and what people read about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from originrisk.features.history.view import Known
from originrisk.features.lines import Bools, Floats, Ints, Lines
from originrisk.features.readings import Reading

Family = Literal["lane", "price", "supplier", "commodity", "links"]
Kind = Literal["number", "category"]
Column = Callable[[Lines, Known], Floats | Ints | Bools]


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the model. `meaning` and `sentence` are what the officer and the model card read.

    `dated` features read a legal date or a dated fact, so they alone change when a world is shifted in time.
    `sentence` may hold `{value}` and, where the unit is a logarithm, `{times}`, its exponential; `missing` says what
    NaN means; `monotone` is the sign known to the domain.
    """

    name: str
    family: Family
    unit: str
    meaning: str
    sentence: str
    missing: str
    kind: Kind
    monotone: Literal[-1, 0, 1]
    dated: bool
    column: Column

    @property
    def concept(self) -> str:
        """The concept that the feature speaks of."""
        if any(word in self.name for word in ("found", "examined", "suspicion")):
            return "findings"
        if any(word in self.name for word in ("mid_", "undeclared", "malformed", "postal")):
            return "paperwork"
        if any(word in self.name for word in ("cotton", "lint", "exposure", "family", "scope", "fibre")):
            return "material"
        return {"lane": "route", "supplier": "parties", "commodity": "goods"}.get(self.family, self.family)

    def compute(self, lines: Lines, known: Known) -> Floats:
        """The column (n,); NaN where the feature is missing."""
        return np.asarray(self.column(lines, known), dtype=np.float64)


def feature(
    family: Family,
    unit: str,
    sentence: str,
    *,
    missing: str = "not declared",
    kind: Kind = "number",
    monotone: Literal[-1, 0, 1] = 0,
    dated: bool = False,
) -> Callable[[Column], Feature]:
    """Make a function a feature: its name is the column, the first line of its docstring the meaning."""

    def of(column: Column) -> Feature:
        meaning = (column.__doc__ or "").strip()
        return Feature(
            column.__name__, family, unit, meaning, sentence, missing, kind, monotone, dated, column
        )

    return of


def read(
    family: Family,
    unit: str,
    sentence: str,
    *,
    missing: str = "not declared",
    monotone: Literal[-1, 0, 1] = 0,
) -> Callable[[Callable[[], Reading]], Feature]:
    """Make a function that gives a reading of counts a feature, as `feature` does."""

    def of(reading: Callable[[], Reading]) -> Feature:
        meaning = (reading.__doc__ or "").strip()
        return Feature(
            reading.__name__, family, unit, meaning, sentence, missing, "number", monotone, False, reading()
        )

    return of


def named(
    name: str,
    family: Family,
    *,
    unit: str,
    meaning: str,
    sentence: str,
    column: Column,
    missing: str = "never seen before",
    monotone: Literal[-1, 0, 1] = 0,
    dated: bool = False,
) -> Feature:
    """A feature made for one of several keys, such as the age of a supplier, seller or importer."""
    return Feature(name, family, unit, meaning, sentence, missing, "number", monotone, dated, column)

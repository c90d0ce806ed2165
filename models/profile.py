"""Profile of a sample: how each feature and the score spread over a few bins; and how far other lines lie from it."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Days = npt.NDArray[Any]

BINS = 10
SCORE = "probability"
"""Name of the score among the columns of a profile, beside the features."""

CHANCE = 1e-6
"""With which noise alone may pass for a shift: there are hundreds of features every night."""

CLUMPED = 3
"""Lines come in shipments: so many of them say as much as one on its own."""

HALF = 0.5
"""Added to every bin: an empty one says that few lines fell there, not that none ever will."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`edges` and `counts` by column. Bin i holds edges[i-1] < x <= edges[i]; the last bin holds the missing.

    `usual` is the index that the sample's own days reach beside the whole, for some features move from day to day.
    `auc` is what the calibrated scores themselves promise (see `expected_auc`), `lines` the size of the sample.
    """

    edges: dict[str, tuple[float, ...]]
    counts: dict[str, tuple[int, ...]]
    usual: dict[str, float]
    auc: float
    lines: int

    @classmethod
    def of(cls, names: tuple[str, ...], matrix: Floats, probability: Floats, days: Days) -> Self:
        """Profile of a sample: `matrix` (lines, names), the calibrated scores and days of its lines (lines,)."""
        columns = {**dict(zip(names, matrix.T, strict=True)), SCORE: probability}
        edges = {name: _edges(values) for name, values in columns.items()}
        counts = {name: tuple(binned(values, edges[name]).tolist()) for name, values in columns.items()}
        whole = cls(edges, counts, dict.fromkeys(columns, 0.0), expected_auc(probability), len(probability))
        parts = [whole.count(names, matrix[of], probability[of]) for of in _by_day(days)]
        usual = {name: max(whole.shift(name, part[name]) for part in parts) for name in columns}
        return replace(whole, usual=usual)

    def count(self, names: tuple[str, ...], matrix: Floats, probability: Floats) -> dict[str, Counts]:
        """Lines in each bin, by column of the profile, of other lines; counts of blocks may be added up."""
        by_column = np.asfortranarray(matrix).T
        columns = {**dict(zip(names, by_column, strict=True)), SCORE: probability}
        return {name: binned(columns[name], edges) for name, edges in self.edges.items()}

    def shift(self, name: str, counts: Counts) -> float:
        """Population stability index of a column beyond what is usual and what noise reaches with CHANCE.

        n·m/(n+m) times the index follows about chi-square with one degree less than bins; 0 within the noise.
        """
        sample = np.array(self.counts[name])
        if not counts.sum() or not sample.sum():
            return 0.0
        lines = 1 / counts.sum() + 1 / sample.sum()
        noise = float(CLUMPED * chdtri(len(counts) - 1, CHANCE) * lines)
        return max(0.0, psi(sample, counts) - noise - self.usual[name])

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, for `profile.json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """The profile that `to_json` described."""
        edges = {name: tuple(values) for name, values in content["edges"].items()}
        counts = {name: tuple(values) for name, values in content["counts"].items()}
        return cls(edges, counts, content["usual"], content["auc"], content["lines"])


def psi(sample: Counts, other: Counts) -> float:
    """Population stability index of two sets of counts over the same bins."""
    p = (sample + HALF) / (sample.sum() + HALF * len(sample))
    q = (other + HALF) / (other.sum() + HALF * len(other))
    return float(((q - p) * np.log(q / p)).sum())


def expected_auc(probability: Floats) -> float:
    """AUC that calibrated scores promise without any label (CBPE): a line is positive with its own probability.

    0.5 where there is nothing to tell apart.
    """
    order = np.argsort(probability, kind="stable")
    levels, start = np.unique(probability[order], return_index=True)
    if len(levels) < 2:
        return 0.5
    positive = np.add.reduceat(probability[order], start)
    negative = np.add.reduceat(1 - probability[order], start)
    below = np.cumsum(negative) - negative
    pairs = positive.sum() * negative.sum()
    return float((positive * (below + negative / 2)).sum() / pairs) if pairs else 0.5


def binned(values: Floats, edges: tuple[float, ...]) -> Counts:
    """Lines in each bin; the last holds the missing."""
    known = len(values) - np.count_nonzero(np.isnan(values))
    above = np.array([known, *(np.count_nonzero(values > edge) for edge in edges), 0])
    return np.append(above[:-1] - above[1:], len(values) - known)


def _by_day(days: Days) -> list[Days]:
    order = np.argsort(days, kind="stable")
    starts = np.flatnonzero(np.diff(days[order].astype(np.int64))) + 1
    return list(np.split(order, starts))


def _edges(values: Floats) -> tuple[float, ...]:
    known = values[~np.isnan(values)]
    if not len(known):
        return ()
    inner = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1], method="lower"))
    return tuple(inner[inner < known.max()].tolist())

"""How often each way of examining is wrong, estimated together with the share of positives by score.

A denial is not a finding of Xinjiang origin: most say that papers were lacking, and how often they do changes with
policy. So every method has its own false-positive and false-negative rate in every regime. They are identified
by lines of like score that were examined in different ways, by the scores where next to nothing can be positive,
and, where data are thin, by a prior of a few lines' weight taken from published figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

# Since the Uyghur Forced Labor Prevention Act presumes origin (entries from 2022-06-21), more is denied for lack of
# paper; in fiscal 2025 nearly everything was (CBP statistics: 53 % released before, 6.5 % in 2025 to August).
REGIME_STARTS: Final = np.array(["2022-06-21", "2025-01-01"], dtype="datetime64[D]")


class Prior(NamedTuple):
    """Expected error rates of a method, believed as much as `strength` examined lines of known truth."""

    false_positive: float
    false_negative: float
    strength: float


# Isotope: 15 of 17 raw cotton samples grouped rightly (PubMed 24497293); blends are harder. Denials: two thirds of
# resolved apparel detentions were denied, while 15-27 % of CBP's isotope tests were positive.
PRIORS: Final = {
    "isotopic": Prior(0.02, 0.12, 60),
    "dna": Prior(0.03, 0.15, 40),
    "document_review": Prior(0.15, 0.15, 12),
    "detention": Prior(0.30, 0.10, 12),
    "other": Prior(0.02, 0.02, 12),
}
BINS: Final = 40
ROUNDS: Final = 200


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Error rates by method and regime: `rates[method][regime]` is (false positive, false negative, lines)."""

    false_positive: Floats
    false_negative: Floats
    lines: Codes

    def of(self, cell: Codes) -> tuple[Floats, Floats]:
        """False-positive and false-negative rate of each line, given its cell."""
        return self.false_positive[cell], self.false_negative[cell]

    def rows(self) -> list[dict[str, float | int | str]]:
        """One row per method and regime that was used, for reports."""
        return [
            {
                "method": list(PRIORS)[cell // (len(REGIME_STARTS) + 1)],
                "regime": int(cell % (len(REGIME_STARTS) + 1)),
                "lines": int(self.lines[cell]),
                "false_positive": float(self.false_positive[cell]),
                "false_negative": float(self.false_negative[cell]),
            }
            for cell in np.flatnonzero(self.lines)
        ]

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, Any]]) -> Self:
        """The rates that `rows` described; the expected ones where a method and regime were not used."""
        rates = expected()
        for row in rows:
            cell = list(PRIORS).index(row["method"]) * (len(REGIME_STARTS) + 1) + row["regime"]
            rates.false_positive[cell], rates.false_negative[cell] = (
                row["false_positive"],
                row["false_negative"],
            )
            rates.lines[cell] = row["lines"]
        return cls(rates.false_positive, rates.false_negative, rates.lines)


def cells(method: pa.ChunkedArray, entry_date: npt.NDArray[np.datetime64]) -> Codes:
    """Cell of each line, method × regime; a method that is not stated is `other`."""
    known = pc.fill_null(pc.index_in(method, pa.array(PRIORS)), len(PRIORS) - 1)
    regime = np.searchsorted(REGIME_STARTS, entry_date.astype("datetime64[D]"), side="right")
    return np.asarray(known, np.int64) * (len(REGIME_STARTS) + 1) + regime


def expected() -> ErrorRates:
    """The priors alone, before any line was looked at."""
    prior = _prior()
    return ErrorRates(prior[0], prior[1], np.zeros(len(prior[0]), np.int64))


def estimate(score: Floats, observed: Floats, cell: Codes) -> ErrorRates:
    """Posterior error rates by expectation-maximisation over bins of like score.

    `score` orders the lines by how likely they are positive, and must come from a model that did not see them.
    """
    positive, negative, strength = _prior()
    bins = _equal_bins(score)
    share = np.full(bins.max() + 1, observed.mean())
    wrong, missed = positive, negative
    for _ in range(ROUNDS):
        truth = _truth(share[bins], observed, wrong[cell], missed[cell])
        share = (np.bincount(bins, truth) + 0.5 * truth.mean()) / (np.bincount(bins) + 0.5)
        wrong = _rate((1 - truth) * observed, 1 - truth, cell, positive, strength)
        missed = _rate(truth * (1 - observed), truth, cell, negative, strength)
    return ErrorRates(wrong, missed, np.bincount(cell, minlength=len(positive)))


def _truth(share: Floats, observed: Floats, wrong: Floats, missed: Floats) -> Floats:
    """Chance that a line is truly positive, given its bin and its result."""
    found = share * np.where(observed == 1, 1 - missed, missed)
    clean = (1 - share) * np.where(observed == 1, wrong, 1 - wrong)
    return found / (found + clean)


def _rate(errors: Floats, at_risk: Floats, cell: Codes, prior: Floats, strength: Floats) -> Floats:
    wrong = np.bincount(cell, errors, minlength=len(prior)) + prior * strength
    return wrong / (np.bincount(cell, at_risk, minlength=len(prior)) + strength)


def _prior() -> tuple[Floats, Floats, Floats]:
    by_method = np.array(list(PRIORS.values())).T
    return tuple(np.repeat(row, len(REGIME_STARTS) + 1) for row in by_method)  # type: ignore[return-value]


def _equal_bins(score: Floats) -> Codes:
    edges = np.unique(np.quantile(score, np.linspace(0, 1, BINS + 1)[1:-1]))
    return np.searchsorted(edges, score, side="right")

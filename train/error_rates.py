"""How often each way of examining is wrong.

A denial is not a finding of Xinjiang origin: most say that papers were lacking, and how often they do changes with
policy. So every method has its own false-positive and false-negative rate in every regime, with a prior of a few
lines' weight taken from published figures; `train.rate_estimate` learns the rest from results.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

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
    """Expected error rates of a method, believed as much as `strength` examined lines of known truth.

    `false_positive` is by regime.
    """

    false_positive: tuple[float, float, float]
    false_negative: float
    strength: float


# Isotope: 15 of 17 raw cotton samples grouped rightly (PubMed 24497293); no sensitivity on finished blends is
# published, it is taken to be .8. Papers: what is made to deceive reads well, so half is taken to be missed. Denials:
# of resolved apparel detentions 1,074 in 1,595 were denied to mid-2024, while 15-27 % of CBP's isotope tests were
# positive; since 2025 nearly everything held is denied. Assumptions all, so results may move them.
PRIORS: Final = {
    "isotopic": Prior((0.02, 0.02, 0.02), 0.20, 60),
    "dna": Prior((0.03, 0.03, 0.03), 0.20, 40),
    "document_review": Prior((0.03, 0.03, 0.03), 0.50, 20),
    "detention": Prior((0.35, 0.45, 0.85), 0.08, 12),
    "other": Prior((0.03, 0.03, 0.03), 0.30, 12),
}


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Error rates by cell (method × regime), and examined lines in each; arrays have the shape (cells,)."""

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

    @staticmethod
    def of_rows(rows: Sequence[Mapping[str, Any]]) -> "ErrorRates":
        """The rates that `rows` described; the expected ones where a method and regime were not used."""
        rates = expected()
        for row in rows:
            cell = list(PRIORS).index(row["method"]) * (len(REGIME_STARTS) + 1) + row["regime"]
            rates.false_positive[cell], rates.false_negative[cell] = (
                row["false_positive"],
                row["false_negative"],
            )
            rates.lines[cell] = row["lines"]
        return rates


def cells(method: pa.ChunkedArray, entry_date: npt.NDArray[np.datetime64]) -> Codes:
    """Cell of each line, method × regime; a method that is not stated is `other`."""
    known = pc.fill_null(pc.index_in(method, pa.array(PRIORS)), len(PRIORS) - 1)
    regime = np.searchsorted(REGIME_STARTS, entry_date.astype("datetime64[D]"), side="right")
    return np.asarray(known, np.int64) * (len(REGIME_STARTS) + 1) + regime


def expected() -> ErrorRates:
    """The priors alone, before any line was looked at."""
    positive, negative, _ = prior()
    return ErrorRates(positive, negative, np.zeros(len(positive), np.int64))


def prior() -> tuple[Floats, Floats, Floats]:
    """False-positive rate, false-negative rate and strength of each cell's prior."""
    regimes = len(REGIME_STARTS) + 1
    wrong = np.concatenate([p.false_positive for p in PRIORS.values()])
    missed, strength = (np.repeat([p[i] for p in PRIORS.values()], regimes) for i in (1, 2))
    return wrong, missed, strength

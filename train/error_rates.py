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
from scipy.stats import beta

from train.resampling import CONFIDENCE

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


RATE_HEADINGS: Final = ("method", "regime", "lines", "false positive [95 %]", "false negative [95 %]")
ENDS: Final = ("false_positive_low", "false_positive_high", "false_negative_low", "false_negative_high")


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Error rates by cell (method × regime), and examined lines in each; arrays have the shape (cells,).

    `intervals` holds 95 % intervals (cells, 4): low and high of the false positives, then of the false negatives.
    """

    false_positive: Floats
    false_negative: Floats
    lines: Codes
    intervals: Floats

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
                **dict(zip(ENDS, map(float, self.intervals[cell]), strict=True)),
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
            rates.intervals[cell] = [row[end] for end in ENDS]
        return rates


def cells(method: pa.ChunkedArray, entry_date: npt.NDArray[np.datetime64]) -> Codes:
    """Cell of each line, method × regime; a method that is not stated is `other`."""
    known = pc.fill_null(pc.index_in(method, pa.array(PRIORS)), len(PRIORS) - 1)
    regime = np.searchsorted(REGIME_STARTS, entry_date.astype("datetime64[D]"), side="right")
    return np.asarray(known, np.int64) * (len(REGIME_STARTS) + 1) + regime


def expected() -> ErrorRates:
    """The priors alone, before any line was looked at."""
    positive, negative, strength = prior()
    ends = [_ends(rate, strength) for rate in (positive, negative)]
    return ErrorRates(positive, negative, np.zeros(len(positive), np.int64), np.column_stack(ends))


def _ends(rate: Floats, strength: Floats) -> Floats:
    tail = (1 - CONFIDENCE) / 2
    return np.column_stack(
        [beta.ppf(end, rate * strength, (1 - rate) * strength) for end in (tail, 1 - tail)]
    )


def prior() -> tuple[Floats, Floats, Floats]:
    """False-positive rate, false-negative rate and strength of each cell's prior."""
    regimes = len(REGIME_STARTS) + 1
    wrong = np.concatenate([p.false_positive for p in PRIORS.values()])
    missed, strength = (np.repeat([p[i] for p in PRIORS.values()], regimes) for i in (1, 2))
    return wrong, missed, strength


def told(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A row for people, under `RATE_HEADINGS`."""
    rates = (
        f"{row[kind]:.3f} [{row[f'{kind}_low']:.2f}, {row[f'{kind}_high']:.2f}]"
        for kind in ("false_positive", "false_negative")
    )
    return str(row["method"]), str(row["regime"]), f"{row['lines']:,}", *rates

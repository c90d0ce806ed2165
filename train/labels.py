"""What is known about labels: how often each way of examining is wrong, and which lines are examined at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.optimize import minimize
from scipy.special import expit

from originrisk.data.arrays import Floats, Ints, Mask
from originrisk.data.settings import ErrorPrior
from originrisk.train.origin_classifier import NoisyResults, OriginClassifier

# Since the Uyghur Forced Labor Prevention Act presumes origin (entries from 2022-06-21), more is denied for lack of
# paper; in fiscal 2025 nearly everything was (CBP statistics: 53 % released before, 6.5 % in 2025 to August).
REGIME_STARTS: Final = np.array(["2022-06-21", "2025-01-01"], dtype="datetime64[D]")


PRIORS: Final = {
    "isotopic": ErrorPrior(
        false_positive=0.02,
        false_negative=0.32,
        doubt=(0.5, 0.35),
        source="Tests find .95 of goods wholly of Xinjiang fibre, .8 of blends with 30 % of it or more, .4 of others "
        "(assumed: no sensitivity on finished goods is published). Of 156 positives in 822 tests (Applied DNA) a third "
        "was pure; 35 % of the blends are taken to hold under 30 %. Found over how much of such is found: .32 missed.",
    ),
    "dna": ErrorPrior(
        false_positive=0.02, false_negative=0.32, doubt=(0.5, 0.35), source="Nothing is published: as isotopic tests."
    ),
    "document_review": ErrorPrior(
        false_positive=0.03,
        false_negative=0.50,
        doubt=(0.5, 0.35),
        source="Assumed: what is made to deceive reads well, so half is missed.",
    ),
    "detention": ErrorPrior(
        false_positive=(0.23, 0.31, 0.76),
        false_negative=(0.14, 0.14, 0.04),
        doubt=(0.35, 0.5),
        source="Of goods held, .92 of the true and .35 of the others are denied (.45 since 2022, .98 and .85 since "
        "2025: CBP, 1,074 of 1,595 resolved apparel detentions denied to mid-2024, 93.5 % in 2025), but 45 % of the "
        "denied are exported or abandoned with no result: .51 of .59 and .19 of .84 results say Xinjiang.",
    ),
    "other": ErrorPrior(
        false_positive=0.03,
        false_negative=0.50,
        doubt=(1.0, 1.0),
        source="Assumed: as papers, with more doubt, for nothing says how it was examined.",
    ),
}
"""Expected error rates by method. Settings may give others (`[train.error_rates.METHOD]`)."""
CELLS: Final = len(PRIORS) * (len(REGIME_STARTS) + 1)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of error rates before any line is looked at, and the doubt in log-odds (a standard deviation; 0
    where a rate is declared), each (kind of error: false positive, false negative; cells)."""

    rates: Floats
    doubt: Floats

    @classmethod
    def of(cls, own: Mapping[Any, ErrorPrior] | None = None) -> Self:
        """The shipped priors, those of the settings in their place."""
        priors = (PRIORS | dict(own or {})).values()
        kinds = ("false_positive", "false_negative")
        rates = [[np.broadcast_to(getattr(p, kind), len(REGIME_STARTS) + 1) for p in priors] for kind in kinds]
        doubt = np.array([p.doubt for p in priors]).T
        return cls(np.reshape(rates, (2, CELLS)), np.repeat(doubt, len(REGIME_STARTS) + 1, axis=1))

    @property
    def error_rates(self) -> "ErrorRates":
        """The rates alone, of no line."""
        return ErrorRates(self.rates[0].copy(), self.rates[1].copy(), np.zeros(CELLS, np.int64))

    def at_first(self, cell: Ints, observed: Floats) -> "ErrorRates":
        """The rates to begin with: half of the positive results of a cell are taken to be true at the least.

        Where fewer are positive than false ones are expected, trees would see no truth at all, and learn nothing that
        could contradict it.
        """
        rates, lines = self.error_rates, np.bincount(cell, minlength=CELLS)
        share = (np.bincount(cell, observed, CELLS) + 0.5) / (lines + 1)
        return replace(rates, false_positive=np.minimum(rates.false_positive, share / 2), lines=lines)


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Error rates by cell (method × regime), and examined lines in each; arrays have the shape (cells,)."""

    false_positive: Floats
    false_negative: Floats
    lines: Ints

    def of(self, cell: Ints) -> tuple[Floats, Floats]:
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
    def of_rows(rows: Sequence[Mapping[str, Any]], own: Mapping[Any, ErrorPrior] | None = None) -> "ErrorRates":
        """The rates that `rows` described; the expected ones (see `Expected.of`) where a cell was not used."""
        rates = Expected.of(own).error_rates
        for row in rows:
            cell = list(PRIORS).index(row["method"]) * (len(REGIME_STARTS) + 1) + row["regime"]
            rates.false_positive[cell], rates.false_negative[cell] = (row["false_positive"], row["false_negative"])
            rates.lines[cell] = row["lines"]
        return rates


def cells(method: pa.ChunkedArray, entry_date: npt.NDArray[np.datetime64]) -> Ints:
    """Cell of each line, method × regime; a method that is not stated is `other`."""
    known = pc.fill_null(pc.index_in(method, pa.array(PRIORS)), len(PRIORS) - 1)
    regime = np.searchsorted(REGIME_STARTS, entry_date.astype("datetime64[D]"), side="right")
    return np.asarray(known, np.int64) * (len(REGIME_STARTS) + 1) + regime


UNRECORDED: Final = 1e-6
"""Stands for the chance of a draw where none was written down: all are alike, and it says nothing of propensity."""


def propensity(features: Floats, examined: Mask, share: float, seed: int) -> Floats:
    """Chance of examination of each line (lines,), from a small model of its features.

    `share` is the share of the lines never examined that is among these: they stand for the others.
    """
    if examined.all():
        return np.ones(len(examined))
    weight = np.where(examined, 1.0, 1 / share)
    selection = OriginClassifier(
        trees=80,
        learning_rate=0.1,
        least_lines=100,
        feature_share=1.0,
        line_share=0.8,
        seeds=(2 * seed,),  # even: thresholds are looked for
    )
    selection.fit(features, examined.astype(np.float64), sample_weight=weight)
    return np.asarray(selection.predict_proba(features)[:, 1], np.float64)


def draw_chances(outcomes: pa.Table) -> Floats:
    """Recorded chance of the draw; where none was recorded lines weigh, by its inverse, as the others on average."""
    recorded = np.asarray(outcomes["selection_probability"].to_numpy(), np.float64)
    random = np.asarray(pc.equal(outcomes["selection"], "random"))
    told = recorded > 0
    usual = 1 / (1 / recorded[random & told]).mean() if (random & told).any() else UNRECORDED
    return np.where(random, np.where(told, recorded, usual), np.nan)


SELECTED_FEW: Final = 0.05
"""Of the lines that were selected, the share that was least expected to be: below their propensity, support ends."""


def support(unexamined: Floats, selected: Floats) -> Floats:
    """How much examinations tell of each line that nobody examined, from 0 to 1 (lines,).

    Both arguments are propensities, the second of the lines that were selected for examination: where lines are
    examined as rarely as hardly one of those, trees would extrapolate.
    """
    usual = float(np.quantile(selected, SELECTED_FEW)) if len(selected) else 1.0
    return np.asarray(unexamined / (usual + unexamined), np.float64)


# Intercept and slope of the truth's log-odds over the logarithm of the propensity: centres and deviations of priors.
# Officers select what is likelier positive, so the slope is expected to be .5 and never below 0.
BY_PROPENSITY: Final = (np.array([-1.0, 0.5]), np.array([3.0, 0.5]))


def chance_by_propensity(propensity: Floats, results: NoisyResults, asked: Floats) -> Floats:
    """Chance that lines of the propensities `asked` are positive, judged by nothing but how often such are examined.

    What examinations found at each propensity says how much likelier positive is what officers select; from there it
    is carried on to lines that they leave alone.
    """
    centre, spread = BY_PROPENSITY

    def terms(chance: Floats) -> Floats:
        return np.column_stack([np.ones_like(chance), np.log(np.maximum(chance, UNRECORDED))])

    design = terms(propensity)

    def objective(line: Floats) -> tuple[float, Floats]:
        pull = (line - centre) / spread
        slope, _ = results.gradient(design @ line)
        loss = results.loss(design @ line).sum() + 0.5 * (pull**2).sum()
        return float(loss), design.T @ slope + pull / spread

    found = minimize(objective, centre, jac=True, method="L-BFGS-B", bounds=((None, None), (0, None)))
    return np.asarray(expit(terms(asked) @ found.x), np.float64)


def weights(chance: Floats, floor: float = 0.0) -> Floats:
    """Inverse propensity, capped by `floor`, mean 1: towards the lines that the examined ones stand for.

    For all examined lines `chance` is that of being examined at all; for the random arm alone, that of its draw.
    """
    inverse = 1 / np.maximum(chance, floor)
    return np.asarray(inverse / inverse.mean(), np.float64)

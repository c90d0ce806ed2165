"""The arbiter: what a model's probabilities are worth over all lines, also those that nobody examined."""

from typing import Any, Final

import numpy as np
from scipy.special import expit

from originrisk.data.arrays import Floats
from originrisk.data.settings import TrainSettings
from originrisk.models.calibration import CHAPTERS_DIFFER
from originrisk.train.calibrate import CENTRE, SPREAD, Estimate, curve, design, estimate
from originrisk.train.dataset import Examples, Unexamined
from originrisk.train.fit import results_of
from originrisk.train.labels import Expected, weights
from originrisk.train.resampling import wider_interval

DRAWS: Final = 60


def over_all_lines(
    judged: Examples, unexamined: Unexamined, log_odds: tuple[Floats, Floats], settings: TrainSettings, seed: int
) -> dict[str, Any]:
    """Log-loss of the truth and its share over all lines with 95 % intervals, and the share that the model expects.

    `log_odds` are calibrated, of both kinds of lines, by a model that saw neither. The estimate is doubly robust: the
    curve from log-odds to the truth of every line is fitted to the judged results under the inverse of the chance of
    their examination, that of the draw in the random arm (weighted regression: Kang and Schafer 2007). What is added to
    that under the same weights, in place of such a curve, swings by more than the loss itself where the arm is small.
    Suppliers are resampled; terms of the curve, error rates and levels of chapters without a result are drawn from
    their doubt.
    """
    every, selected = np.concatenate(log_odds), ~judged.random
    share = np.concatenate([np.ones(len(judged)), np.full(len(unexamined), unexamined.stands_for)])
    share /= share.sum()
    chapters, place = np.unique(np.concatenate([judged.chapter, unexamined.chapter]), return_inverse=True)
    doubt = np.where(np.isin(chapters, judged.chapter), 0.0, CHAPTERS_DIFFER)
    weight = weights(judged.propensity, settings.propensity_floor)
    terms = design(every, np.zeros(len(every), np.bool_))

    def told(by: Estimate, drawn: Floats, centre: Floats, levels: Floats) -> list[float]:
        results = results_of(judged, weight * drawn, by.rates).at_effective_size()
        truth = expit(terms @ curve(log_odds[0], results, selected, centre) + levels[place])
        return [float(share @ (np.logaddexp(0, every) - every * truth)), float(share @ truth)]

    found, rng = estimate(log_odds[0], judged, Expected.of(settings.error_rates)), np.random.default_rng(seed)
    value = told(found, np.ones(len(judged)), CENTRE, np.zeros(len(chapters)))
    draws = [told(one, n, rng.normal(CENTRE, SPREAD), rng.normal(0, doubt)) for n, one in found.draws(seed, DRAWS)]
    suppliers = len(np.unique(judged.frame.supplier[judged.observed == 1]))
    figures: dict[str, Any] = {"expected": float(share @ expit(every))}
    for name, one, drawn in zip(("log_loss", "truth_share"), value, np.array(draws).T, strict=True):
        ends = wider_interval(np.log(one), np.log(drawn).tolist(), max(suppliers, 2))
        figures |= {name: one, f"{name}_interval": np.exp(ends).tolist()}
    return figures


def chapters_without_result(examples: Examples, unexamined: Unexamined, probability: Floats) -> list[dict[str, Any]]:
    """Chapters of the tariff of which nothing can be known, for no example is of them: most lines first.

    With their share of lines and of what is expected to be positive; `probability` is that of the unexamined lines,
    and of the examples, one after the other.
    """
    stands_for = np.repeat([unexamined.stands_for, 1.0], [len(unexamined), len(examples)])
    chapters, place = np.unique(np.concatenate([unexamined.chapter, examples.chapter]), return_inverse=True)
    lines, positives = (np.bincount(place, mass) for mass in (stands_for, stands_for * probability))
    of_chapter = zip(chapters.tolist(), lines.tolist(), positives.tolist(), strict=True)
    return [
        {"chapter": name, "share": of / float(lines.sum()), "share_expected": expected / float(positives.sum())}
        for name, of, expected in sorted(of_chapter, key=lambda row: -row[1])
        if name not in examples.chapter
    ]

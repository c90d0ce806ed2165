"""Rolling time splits: each window of later examples is judged by a model of what was known before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from originrisk.data.settings import TrainSettings
from originrisk.train.baselines import baselines, share_seen
from originrisk.train.examples import LEAST_EXAMPLES, LEAST_POSITIVES, Examples
from originrisk.train.fit import Fitted, fit, results_of
from originrisk.train.noise import NoisyResults
from originrisk.train.odds import log_odds_of
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.propensity import weights
from originrisk.train.split import from_day

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

WINDOWS: Final = 3
JUDGED_SHARE: Final = 0.45


@dataclass(frozen=True, slots=True)
class Window:
    """One window: the lines fitted and judged (masks over all examples), the model, and what it says of the judged.

    `log_odds` are calibrated, of the truth; `scores` are by method, the model among them; `results` carry the error
    rates and the shift that the fit estimated.
    """

    start: np.datetime64
    fitted_lines: Mask
    judged_lines: Mask
    fitted: Fitted
    log_odds: Floats
    scores: dict[str, Floats]
    results: NoisyResults
    look_up_seen: float


def starts(day: npt.NDArray[np.datetime64]) -> list[np.datetime64]:
    """First days of the windows: equal shares of the examples, together the last `JUDGED_SHARE`."""
    shares = 1 - JUDGED_SHARE + JUDGED_SHARE / WINDOWS * np.arange(WINDOWS)
    numbers = np.quantile(day.astype("datetime64[D]").astype(np.int64), shares, method="higher")
    return [np.datetime64(int(number), "D") for number in np.unique(numbers)]


def rolling(
    examples: Examples, prototype: OriginClassifier, settings: TrainSettings, seed: int
) -> Iterator[Window]:
    """Fit and judge window by window. Windows with too few examples before them or no positive in them are left out.

    Only the last one is fitted with every seed; the earlier ones with the first, for fits are what takes the time.
    """
    days = [*starts(examples.seen.day), examples.seen.day.max() + np.timedelta64(1, "D")]
    for number, (start, end) in enumerate(pairwise(days)):
        past, later = from_day(examples.seen.day, examples.known_on, start, settings.gap_days)
        judged = later & (examples.seen.day < end)
        if _enough(examples, past, judged):
            own = prototype if number == len(days) - 2 else prototype.few(1)
            yield _window(examples, past, judged, start=start, prototype=own, settings=settings, seed=seed)


def _enough(examples: Examples, past: Mask, judged: Mask) -> bool:
    known = examples.observed[past]
    enough = len(known) >= LEAST_EXAMPLES and known.sum() >= LEAST_POSITIVES
    return bool(enough and examples.observed[judged].any())


def _window(
    examples: Examples,
    past: Mask,
    judged: Mask,
    *,
    start: np.datetime64,
    prototype: OriginClassifier,
    settings: TrainSettings,
    seed: int,
) -> Window:
    before, after = examples.take(past), examples.take(judged)
    fitted = fit(before, weights(before.propensity, settings.propensity_floor), prototype, seed)
    log_odds = log_odds_of(fitted.model, after.seen.features.to_numpy())
    return Window(
        start=start,
        fitted_lines=past,
        judged_lines=judged,
        fitted=fitted,
        log_odds=log_odds,
        scores={"model": log_odds, **baselines(before, after, seed)},
        results=results_of(
            after,
            weights(after.propensity, settings.propensity_floor),
            fitted.rates,
            fitted.calibration.picked,
        ),
        look_up_seen=share_seen(before, after),
    )

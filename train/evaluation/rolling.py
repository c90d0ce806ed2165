"""Rolling time splits: each window of later examples is judged by a model of what was known before it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from originrisk.data.arrays import Floats, Mask
from originrisk.data.settings import TrainSettings
from originrisk.train.dataset import Examples, FeatureFrame, Gathered, Unexamined, enough
from originrisk.train.evaluation.holdout import baselines, share_seen
from originrisk.train.evaluation.metrics import Metrics, Population, probability_metrics
from originrisk.train.fit import Fitted, fit, log_odds_of, results_of
from originrisk.train.labels import weights
from originrisk.train.origin_classifier import NoisyResults, OriginClassifier
from originrisk.train.resampling import from_day

WINDOWS: Final = 3
JUDGED_SHARE: Final = 0.45
ONE_QUEUE, DISTRICT_QUEUES = "one queue", "a queue by district"


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
    examples: Examples, unexamined: Unexamined, prototype: OriginClassifier, settings: TrainSettings, seed: int
) -> Iterator[Window]:
    """Fit and judge window by window. Windows with too few examples before them or no positive in them are left out.

    Only the last one is fitted with every seed; the earlier ones with the first, for fits are what takes the time.
    """
    days = [*starts(examples.frame.day), examples.frame.day.max() + np.timedelta64(1, "D")]
    for number, (start, end) in enumerate(pairwise(days)):
        past, later = from_day(examples.frame.day, examples.known_on, start, settings.gap_days)
        judged = later & (examples.frame.day < end)
        if enough(examples.observed[past]) and examples.observed[judged].any():
            own = prototype if number == len(days) - 2 else prototype.few(1)
            before = unexamined.before(start)
            yield _window(examples, before, past, judged, start=start, prototype=own, settings=settings, seed=seed)


def _window(
    examples: Examples,
    unexamined: Unexamined,
    past: Mask,
    judged: Mask,
    *,
    start: np.datetime64,
    prototype: OriginClassifier,
    settings: TrainSettings,
    seed: int,
) -> Window:
    before, after = examples.take(past), examples.take(judged)
    fitted = fit(before, unexamined, prototype, settings, seed)
    log_odds = log_odds_of(fitted.model, after.frame.features.to_numpy())
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
            fitted.calibration.selection_shift,
        ),
        look_up_seen=share_seen(before, after),
    )


@dataclass(frozen=True, slots=True)
class Pooled:
    """The judged lines of all windows, each with the log-odds by its window's own model."""

    lines: Examples
    results: NoisyResults
    log_odds: Floats
    scores: dict[str, Floats]
    flagged: dict[str, Mask]

    def take(self, rows: Mask) -> "Pooled":
        """The lines of a mask."""
        scores = {name: score[rows] for name, score in self.scores.items()}
        flagged = {name: mask[rows] for name, mask in self.flagged.items()}
        return Pooled(self.lines.take(rows), self.results.take(rows), self.log_odds[rows], scores, flagged)

    def random_arm(self) -> "Pooled":
        """The random arm, each line weighted by the inverse of the chance of its draw."""
        drawn = self.take(self.lines.random)
        return replace(drawn, results=replace(drawn.results, weight=weights(drawn.lines.draw_chance)))

    def population(self) -> Population:
        """For comparisons."""
        return Population(self.results, self.lines.frame.supplier)

    def probabilities(self) -> Metrics:
        """Log-loss and calibration."""
        return probability_metrics(self.log_odds, self.results)


def pool(
    examples: Examples, gathered: Gathered, windows: list[Window], stands_for: float, capacity: pd.DataFrame
) -> Pooled:
    """Pool the windows; each line not examined stands for `stands_for` lines, `capacity` is by day."""
    months = capacity.groupby(np.asarray(capacity.index).astype("datetime64[M]").astype(str)).sum()
    share = {str(month): places / lines for month, lines, places in months.itertuples()}
    flagged = [_flagged(examples, gathered, w, end, stands_for=stands_for, share=share) for w, end in _ends(windows)]
    judged = np.logical_or.reduce([window.judged_lines for window in windows])
    results = NoisyResults(
        *(np.concatenate([getattr(w.results, f.name) for w in windows]) for f in fields(NoisyResults))
    )
    scores = {name: np.concatenate([w.scores[name] for w in windows]) for name in windows[0].scores}
    return Pooled(
        examples.take(judged),
        results,
        np.concatenate([window.log_odds for window in windows]),
        scores,
        {queue: np.concatenate([f[queue] for f in flagged]) for queue in (ONE_QUEUE, DISTRICT_QUEUES)},
    )


def _ends(windows: list[Window]) -> list[tuple[Window, np.datetime64]]:
    never = np.datetime64("9999-12-31")
    return list(zip(windows, [*(window.start for window in windows[1:]), never], strict=True))


def _flagged(
    examples: Examples,
    gathered: Gathered,
    window: Window,
    end: np.datetime64,
    *,
    stands_for: float,
    share: Mapping[str, float],
) -> dict[str, Mask]:
    lines, days = examples.take(window.judged_lines).frame, gathered.unexamined.frame.day
    around = gathered.unexamined.frame.take((days >= window.start) & (days < end))
    score = log_odds_of(window.fitted.model, around.features.to_numpy())
    return {
        queue: inside_capacity(window.log_odds, lines, score, around, stands_for=stands_for, share=share, queue=queue)
        for queue in (ONE_QUEUE, DISTRICT_QUEUES)
    }


def inside_capacity(
    score: Floats,
    lines: FeatureFrame,
    unexamined_score: Floats,
    unexamined: FeatureFrame,
    *,
    stands_for: float,
    share: Mapping[str, float],
    queue: str,
) -> Mask:
    """Which examined lines a month's capacity would have reached.

    Examined lines stand for themselves, each sampled unexamined line for `stands_for` lines; `share` of a month's
    lines (YYYY-MM) fit. Single days hold too few sampled lines to tell, so a month's days are taken together.
    """
    own, rest = _queue(lines, queue), _queue(unexamined, queue)
    chosen = np.zeros(len(lines), np.bool_)
    for name in np.unique(own):
        mine, around = own == name, rest == name
        pool = np.concatenate([score[mine], unexamined_score[around]])
        weight = np.concatenate([np.ones(mine.sum()), np.full(around.sum(), stands_for)])
        order = np.argsort(-pool, kind="stable")
        reached = np.cumsum(weight[order]) - weight[order] < share[name[:7]] * weight.sum()
        chosen[np.flatnonzero(mine)] = reached[np.argsort(order)][: mine.sum()]
    return chosen


def _queue(lines: FeatureFrame, queue: str) -> npt.NDArray[np.object_]:
    month = lines.day.astype("datetime64[M]").astype(str)
    if queue == ONE_QUEUE:
        return np.asarray(month, dtype=object)
    district = lines.keys["district"]
    return np.array([f"{m} {d}" for m, d in zip(month, district, strict=True)], dtype=object)

"""The judged lines of all windows together, each with what the model of its own window said and flagged."""

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from originrisk.train.disparity import DISTRICT_QUEUES, ONE_QUEUE, inside_capacity
from originrisk.train.evaluate import Metrics, Population, probability_metrics
from originrisk.train.examples import Examples, Gathered
from originrisk.train.noise import NoisyResults
from originrisk.train.odds import log_odds_of
from originrisk.train.propensity import weights
from originrisk.train.rolling import Window

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pooled:
    """The judged lines of all windows, each with what the model of its own window said."""

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
        return replace(drawn, results=replace(drawn.results, weight=weights(drawn.lines.lot)))

    def population(self) -> Population:
        """For comparisons."""
        return Population(self.results, self.lines.seen.supplier)

    def probabilities(self) -> Metrics:
        """Log-loss and calibration."""
        return probability_metrics(self.log_odds, self.results)


def pool(
    examples: Examples, gathered: Gathered, windows: list[Window], stands_for: float, share: float
) -> Pooled:
    """Pool the windows; each line not examined stands for `stands_for` lines, `share` of them are inside capacity."""
    flagged = [
        _flagged(examples, gathered, w, end, stands_for=stands_for, share=share) for w, end in _ends(windows)
    ]
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
    share: float,
) -> dict[str, Mask]:
    lines, days = examples.take(window.judged_lines).seen, gathered.others.day
    around = gathered.others.take((days >= window.start) & (days < end))
    score = log_odds_of(window.fitted.model, around.features.to_numpy())
    return {
        queue: inside_capacity(
            window.log_odds, lines, score, around, stands_for=stands_for, share=share, queue=queue
        )
        for queue in (ONE_QUEUE, DISTRICT_QUEUES)
    }

"""Whether the evaluation on the random arm holds the true value within its intervals, over many simulated worlds.

    python -m benchmarks.coverage [--variant default] [--seeds 10] [--lines 400000]

Each world is trained on and evaluated as `originrisk train` does it. The true value is the same metric of the same
model over a large random sample of all lines of the evaluated days, had all been examined as the random arm is: a
line counts as found with the chance that the random arm of all these worlds found lines of its truth.
"""

import argparse
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.learning import example_rows
from benchmarks.simulated.seen_world import SETTINGS, SeenWorld
from data.console import print_table, progress
from train.judge import try_out
from train.learned import classifier
from train.ranking import Ranking

SHOWN = ("average_precision", "auc", "recall@1%", "recall@5%", "precision@1%")
SAMPLE = 150_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One world: intervals by metric, positives they rest on, all lines' scores and truth, and the random arm's truth
    and results."""

    intervals: dict[str, tuple[float, float]]
    positives: int
    scores: Floats
    truth: Floats
    random_truth: Floats
    random_found: Floats

    def true(self, chance: tuple[float, float]) -> dict[str, float]:
        """Each metric over all lines, `chance` being that of a finding where the truth is 0 and where it is 1."""
        found = np.where(self.truth == 1, chance[1], chance[0])
        return Ranking.of(self.scores, found).metrics(np.ones(len(found)))


def case(variant: str, seed: int, lines: int) -> Case:
    """Train and evaluate on one world, and keep what the truth is asked with."""
    of = SeenWorld.make(variant, seed, lines, most_judged=0, past=SAMPLE)
    examples = of.gathered.examples
    trial, _ = try_out(examples, classifier(SETTINGS, seed), SETTINGS.train, seed)
    arm = trial.part("random arm", trial.judged.random, 0.0)
    since = of.past_seen.day >= trial.judged.seen.day.min()
    truth = of.truth[example_rows(of)][examples.random]
    return Case(
        arm.rows[0].interval,
        arm.population.positives,
        trial.fitted.model.log_odds(of.past_seen.features[since].to_numpy()),
        of.truth[of.past][since],
        truth,
        examples.observed[examples.random],
    )


def main(variant: str, seeds: int, lines: int) -> None:
    """Print, by metric, in how many worlds the interval holds the true value."""
    cases = []
    with progress("Worlds", seeds) as advance:
        for seed in range(seeds):
            cases.append(case(variant, seed, lines))
            advance(1)
    truth, found = (np.concatenate([getattr(c, n) for c in cases]) for n in ("random_truth", "random_found"))
    chance = float(found[truth == 0].mean()), float(found[truth == 1].mean())
    true = [c.true(chance) for c in cases]
    positives = [c.positives for c in cases]
    title = f"{variant}, {seeds} worlds of {lines:,} lines (simulated), {min(positives)} to {max(positives)} positives"
    print_table(
        title, ("metric", "held", "true value", "width of interval"), [_row(n, cases, true) for n in SHOWN]
    )


def _row(name: str, cases: list[Case], true: list[dict[str, float]]) -> tuple[str, ...]:
    values = np.array([t[name] for t in true])
    ends = np.array([c.intervals[name] for c in cases])
    held = int(((ends[:, 0] <= values) & (values <= ends[:, 1])).sum())
    width = np.nanmean(ends[:, 1] - ends[:, 0])
    return name, f"{held} of {len(cases)}", f"{values.min():.3f} to {values.max():.3f}", f"{width:.3f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--variant", default="default")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--lines", type=int, default=400_000)
    given = parser.parse_args()
    main(given.variant, given.seeds, given.lines)

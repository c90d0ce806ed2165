"""Whether the evaluation on the random arm holds the true value within its intervals, over many simulated worlds.

    python -m benchmarks.coverage [--variant default] [--seeds 10] [--lines 1000000] [--jobs 1]

Each world is trained on and evaluated as `originrisk train` does it. The true value is the same metric of the same
model where three tenths of all lines of the same trade are examined by lot: by the same methods, with the same errors
and delays. From these as many lines as the arm has are drawn twenty times more, as other lots would have fallen. An
interval is asked for only where the evaluation would show it.
"""

import argparse
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import joblib
import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from benchmarks.simulated.seen_world import CUTOFF, PERIOD, SETTINGS, SeenWorld
from originrisk.data.console import print_table
from originrisk.data.dispositions import FOUND
from originrisk.data.simulation.settings import settings_of
from originrisk.data.simulation.world import make
from originrisk.features.history.keys import find
from originrisk.features.lines import Lines
from originrisk.train.dataset import known_outcomes
from originrisk.train.evaluation.holdout import fit_holdout
from originrisk.train.evaluation.metrics import Population, Ranking, Row, compare
from originrisk.train.labels import weights
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.pipeline import classifier

SHOWN = ("average_precision", "auc", "recall@1%", "recall@5%", "precision@1%")
EXAMINED = {"examined_share": 0.3, "random_share": 1.0}
AGAIN = 20
SAMPLE = 400_000
"""Lines before the cut-off whose features are kept, to ask for the true value."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One world: rows of its random arm and of other lots of that size, the arm's positives, and the true values."""

    arm: Row
    again: list[Row]
    positives: int
    true: dict[str, float]

    def held(self, name: str) -> tuple[list[bool], list[bool]]:
        """Whether the intervals shown hold the true value of a metric: the arm's, and those of the other lots."""
        arm, again = ([row.interval[name] for row in rows] for rows in ([self.arm], self.again))
        hold = [[low <= self.true[name] <= high for low, high in e if np.isfinite(low)] for e in (arm, again)]
        return hold[0], hold[1]


def case(variant: str, seed: int, lines: int) -> Case:
    """Train and evaluate on one world, and ask the same trade examined by lot for the true values."""
    of = SeenWorld.make(variant, seed, lines, most_judged=0, past=SAMPLE)
    trial, _ = fit_holdout(
        of.gathered.examples, of.gathered.unexamined, classifier(SETTINGS, seed), SETTINGS.train, seed
    )
    arm = trial.random_arm()
    since = trial.judged.frame.day.min().item()
    rows, found, chance = examined_by_lot(of, variant, seed, lines, since)
    score = trial.fitted.model.log_odds(of.past_seen.features.to_numpy()[np.searchsorted(of.past, rows)])
    true = Ranking.of(score, found).metrics(weights(chance))
    lot = Lot(score, found, chance, of.supplier[rows].astype(np.uint64))
    again = [lot.drawn(arm.population.size, number) for number in range(AGAIN)]
    return Case(arm.rows[0], again, arm.population.positives, true)


class Lot(NamedTuple):
    """Lines examined by lot, each array (lines,)."""

    score: Floats
    found: Floats
    chance: Floats
    supplier: npt.NDArray[np.uint64]

    def drawn(self, size: int, number: int) -> Row:
        """The evaluation's row of so many of them."""
        chosen = np.random.default_rng(number).choice(len(self.found), size, replace=False)
        results = NoisyResults.of(self.found[chosen], weights(self.chance[chosen]))
        population = Population(results, self.supplier[chosen])
        return compare({"model": self.score[chosen]}, population, number)[0]


def examined_by_lot(
    of: SeenWorld, variant: str, seed: int, lines: int, since: date
) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
    """Sampled lines entered since a day, examined by lot with a result by the cut-off: row, result and chance."""
    twin = make(settings_of(variant, seed=seed, lines=lines, **PERIOD, **EXAMINED))
    if not twin.entries.equals(of.world.entries):
        raise AssertionError("other examinations changed the trade: the true value is not of this world")
    declared = Lines.of(twin.entries)
    drawn = twin.outcomes.filter(pc.equal(twin.outcomes["selection"], "random"))
    known, _ = known_outcomes(drawn, declared, CUTOFF)
    rows = find(declared, known["entry_number"], known["line_number"])
    first = np.datetime64(since, "D").astype(np.int32)
    asked = np.isin(rows, of.past) & (declared.days["entry_date"][rows] >= first)
    found = np.asarray(pc.equal(known["result"], FOUND)).astype(np.float64)
    return rows[asked], found[asked], known["selection_probability"].to_numpy()[asked]


def main(variant: str, seeds: int, lines: int, jobs: int) -> None:
    """Print each world as it ends, then by metric how many of the intervals that are shown hold the true value."""
    cases = []
    tasks = (joblib.delayed(case)(variant, seed, lines) for seed in range(seeds))
    for seed, made in enumerate(joblib.Parallel(jobs, return_as="generator")(tasks)):
        cases.append(made)
        held = {name: "{} + {} of {}".format(*_counts(cases[-1].held(name))) for name in SHOWN}
        print(f"seed {seed}: {cases[-1].positives} positives, held {held}", flush=True)
    positives = [c.positives for c in cases]
    title = f"{variant}, {seeds} worlds of {lines:,} lines (simulated), {min(positives)} to {max(positives)} positives"
    headings = ("metric", "held by the arm", "by other lots", "true value", "width of interval")
    print_table(title, headings, [_row(n, cases) for n in SHOWN])


def _counts(held: tuple[list[bool], list[bool]]) -> tuple[int | str, int, int]:
    return sum(held[0]) if held[0] else "none shown", sum(held[1]), len(held[1])


def _row(name: str, cases: list[Case]) -> tuple[str, ...]:
    arms, others = ([hold for c in cases for hold in c.held(name)[i]] for i in (0, 1))
    values = [c.true[name] for c in cases]
    width = np.nanmean([row.interval[name][1] - row.interval[name][0] for c in cases for row in c.again])
    counts = (f"{sum(held)} of {len(held)}" for held in (arms, others))
    return name, *counts, f"{min(values):.3f} to {max(values):.3f}", f"{width:.3f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variant", default="default")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=1, help="worlds side by side, each in a process of its own")
    given = parser.parse_args()
    main(given.variant, given.seeds, given.lines, given.jobs)

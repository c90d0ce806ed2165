"""Whether the evaluation on the random arm holds the true value within its intervals, over many simulated worlds.

    python -m benchmarks.coverage [--variant default] [--seeds 10] [--lines 1000000]

Each world is trained on and evaluated as `originrisk train` does it. The true value is the same metric of the same
model where three tenths of all lines of the same trade are examined by lot: by the same methods, with the same errors
and delays. An interval is asked for only where the evaluation would show it.
"""

import argparse
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from benchmarks.simulated.seen_world import CUTOFF, PERIOD, SETTINGS, SeenWorld
from data.console import print_table
from data.world.make import make
from data.world.variants import settings_of
from features.keys import find
from features.lines import Lines
from features.replay import FOUND
from train.evaluate import Row
from train.examples import known_outcomes
from train.judge import try_out
from train.learned import classifier
from train.propensity import weights
from train.ranking import Ranking

SHOWN = ("average_precision", "auc", "recall@1%", "recall@5%", "precision@1%")
EXAMINED = {"examined_share": 0.3, "random_share": 1.0}
SAMPLE = 400_000
"""Lines before the cut-off whose features are kept, to ask for the true value."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One world: the evaluation's row of the random arm, its positives, and the true values."""

    row: Row
    positives: int
    true: dict[str, float]


def case(variant: str, seed: int, lines: int) -> Case:
    """Train and evaluate on one world, and ask the same trade examined by lot for the true values."""
    of = SeenWorld.make(variant, seed, lines, most_judged=0, past=SAMPLE)
    trial, _ = try_out(of.gathered.examples, classifier(SETTINGS, seed), SETTINGS.train, seed)
    arm = trial.random_arm()
    since = trial.judged.seen.day.min().item()
    rows, found, chance = examined_by_lot(of, variant, seed, lines, since)
    score = trial.fitted.model.log_odds(of.past_seen.features.to_numpy()[np.searchsorted(of.past, rows)])
    true = Ranking.of(score, found).metrics(weights(chance))
    return Case(arm.rows[0], arm.population.positives, true)


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


def main(variant: str, seeds: int, lines: int) -> None:
    """Print each world as it ends, then by metric how many of those that show an interval hold the true value in it."""
    cases = []
    for seed in range(seeds):
        cases.append(case(variant, seed, lines))
        intervals = {name: [round(end, 3) for end in cases[-1].row.interval[name]] for name in SHOWN}
        true = {name: round(cases[-1].true[name], 3) for name in SHOWN}
        print(f"seed {seed}: {cases[-1].positives} positives, true {true}, intervals {intervals}", flush=True)
    positives = [c.positives for c in cases]
    title = f"{variant}, {seeds} worlds of {lines:,} lines (simulated), {min(positives)} to {max(positives)} positives"
    print_table(title, ("metric", "held", "true value", "width of interval"), [_row(n, cases) for n in SHOWN])


def _row(name: str, cases: list[Case]) -> tuple[str, ...]:
    shown = [c for c in cases if np.isfinite(c.row.interval[name][0])]
    values = np.array([c.true[name] for c in shown])
    low, high = np.array([c.row.interval[name] for c in shown]).reshape(-1, 2).T
    held = int(((low <= values) & (values <= high)).sum())
    of = f"{held} of {len(shown)} shown"
    return (
        (name, of, f"{values.min():.3f} to {values.max():.3f}", f"{(high - low).mean():.3f}")
        if shown
        else (name, of, "", "")
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--variant", default="default")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--lines", type=int, default=1_000_000)
    given = parser.parse_args()
    main(given.variant, given.seeds, given.lines)

"""What labels cost a model, against the truth of simulated trade.

    python -m benchmarks.learning [--variant default] [--seed 0] [--lines 1000000]

All models read the same features and grow the same trees: the product's, from results; a naive one's, from results
taken for the truth; others from the truth of the same lines, of a random sample, and of those of the sample whose
suppliers ship no positive among the judged lines (so that no supplier can be recognised). Judged are lines of July to
December 2021. Then: calibration and bands by slice, and whether error rates are recovered within their intervals.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit

from benchmarks.simulated import bands
from benchmarks.simulated.seen_world import SETTINGS, SeenWorld
from originrisk.data.console import print_table
from originrisk.data.contract import LINE_KEY
from originrisk.features.history.keys import find
from originrisk.features.lines import Lines
from originrisk.train.calibrate import RATE_HEADINGS, rate_rows, shown_rate
from originrisk.train.evaluation.holdout import COTTON, is_chinese
from originrisk.train.evaluation.metrics import Ranking, calibration_error
from originrisk.train.fit import Fitted, fit
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.pipeline import classifier
from originrisk.train.resampling import interval, resamples

JUDGED, PAST = 250_000, 100_000
DRAWS = 20

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Judged:
    """Judged lines: truth, supplier and slices."""

    truth: Floats
    supplier: npt.NDArray[np.uint64]
    slices: dict[str, Mask]

    def row(self, name: str, log_odds: Floats, seed: int) -> tuple[str, ...]:
        """Average precision, recall at 1 % and log-loss, the first two with intervals by supplier."""
        ranking = Ranking.of(log_odds, self.truth)
        even = np.ones(len(self.truth))
        draws = resamples(self.supplier, seed)
        shown = [
            _shown(metric(even), interval([metric(draw) for draw in draws]))
            for metric in (ranking.average_precision, lambda weight: ranking.recall(0.01, weight))
        ]
        loss = NoisyResults.of(self.truth).loss(log_odds).mean()
        return name, *shown, f"{loss:.4f}"

    def calibration(self, probability: Floats) -> Iterator[tuple[str, ...]]:
        """Expected and true share and calibration error, by slice; then the error if every probability were true, of as
        many lines drawn each by itself."""
        rng = np.random.default_rng(0)
        for name, rows in self.slices.items():
            said, true, even = probability[rows], self.truth[rows], np.ones(rows.sum())
            drawn = (rng.random((DRAWS, len(said))) < said).astype(np.float64)
            least = np.mean([calibration_error(said, result, even) for result in drawn])
            shares = (f"{said.mean():.2%}", f"{true.mean():.2%}")
            yield (name, f"{len(true):,}", *shares, f"{calibration_error(said, true, even):.4f}", f"{least:.4f}")


def judged(of: SeenWorld) -> Judged:
    """The judged lines of a world."""
    entries, features = of.world.entries.take(of.judged), of.frame.features
    masks = {
        "all": np.ones(len(entries), np.bool_),
        "cotton goods": features["goods_family"].isin(COTTON).to_numpy(),
        "declared elsewhere than China": ~is_chinese(entries["country_of_origin"]),
        "supplier never seen": features["supplier_age"].isna().to_numpy(),
    }
    return Judged(of.truth[of.judged], of.supplier[of.judged].astype(np.uint64), masks)


def example_rows(of: SeenWorld) -> npt.NDArray[np.intp]:
    """Row of each example among all lines of the world."""
    return find(Lines.of(of.world.entries), *(of.gathered.examples.lines[name] for name in LINE_KEY))


def product(of: SeenWorld, seed: int) -> Fitted:
    """The model that `originrisk train` would keep."""
    learned = of.gathered
    return fit(learned.examples, learned.unexamined, classifier(SETTINGS, seed), SETTINGS.train, seed)


def plain(features: pd.DataFrame, labels: Floats, trees: int, seed: int, asked: pd.DataFrame) -> Floats:
    """Log-odds of the lines asked about, from the same trees fitted to these labels as if they were the truth."""
    model = classifier(SETTINGS, seed).set_params(trees=trees).fit(features, labels)
    return np.asarray(model.log_odds(asked), np.float64)


def main(variant: str, seed: int, lines: int) -> None:
    """Print the tables of a world."""
    of = SeenWorld.make(variant, seed, lines, most_judged=JUDGED, past=PAST)
    on, rows = judged(of), example_rows(of)
    fitted = product(of, seed)
    probability = fitted.model.probability(of.frame.features.to_numpy())
    scores = {"results, as the product does": logit(probability)}
    scores |= others(of, rows, fitted.trees, seed)
    title = f"World {variant}, seed {seed} (simulated): {lines:,} lines, {len(rows):,} results"
    heads = ("learned from", "average precision [95 %]", "recall at 1 % [95 %]", "log-loss")
    print_table(title, heads, [on.row(name, score, seed) for name, score in scores.items()])
    heads = ("slice", "lines", "said", "true", "calibration error", "of true probabilities")
    print_table("The product against the truth", heads, on.calibration(probability))
    held = bands.rows(fitted.model.calibrator, probability, on.truth, on.slices)
    print_table("Bands of 90 % and the true share of their steps", bands.HEADINGS, held)
    print_table("Error rates", (*RATE_HEADINGS, "true", "true"), rates_beside_truth(of, rows, fitted, seed))


def others(of: SeenWorld, rows: Rows, trees: int, seed: int) -> dict[str, Floats]:
    """Log-odds of the judged lines by what else the same trees could have learned from."""
    examples, asked = of.gathered.examples, of.frame.features
    return {
        "results, taken for the truth": plain(examples.features, examples.observed, trees, seed, asked),
        "the truth of the same lines": plain(examples.features, of.truth[rows], trees, seed, asked),
        f"the truth of {len(of.past):,} random lines": plain(
            of.past_seen.features, of.truth[of.past], trees, seed, asked
        ),
        "the same, without suppliers of judged positives": strangers(of, trees, seed),
    }


def strangers(of: SeenWorld, trees: int, seed: int) -> Floats:
    """Learned from the truth of lines whose suppliers ship no judged positive: what is left is not recognition."""
    known = np.unique(of.supplier[of.judged][of.truth[of.judged] == 1])
    apart = ~np.isin(of.supplier[of.past], known)
    return plain(of.past_seen.features[apart], of.truth[of.past][apart], trees, seed, of.frame.features)


def rates_beside_truth(of: SeenWorld, rows: Rows, fitted: Fitted, seed: int) -> Iterator[tuple[str, ...]]:
    """Each method's estimated error rates with intervals, then the true ones among the examined lines."""
    examples, truth = of.gathered.examples, of.truth[rows]
    used = np.flatnonzero(fitted.rates.lines)
    ends = fitted.estimate.intervals(seed)
    for cell, row in zip(used, rate_rows(fitted.rates, ends), strict=True):
        lines = examples.cell == cell
        wrong = examples.observed[lines & (truth == 0)].mean()
        missed = 1 - examples.observed[lines & (truth == 1)].mean()
        yield *shown_rate(row), f"{wrong:.3f}", f"{missed:.3f}"


def _shown(value: float, ends: tuple[float, float]) -> str:
    return f"{value:.3f} [{ends[0]:.2f}, {ends[1]:.2f}]"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variant", default="default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lines", type=int, default=1_000_000)
    given = parser.parse_args()
    main(given.variant, given.seed, given.lines)

"""What lines that nobody examined are worth to learn from, against the truth of worlds that contradict the default.

    python -m benchmarks.unexamined [--lines 120000] [--seeds 1 2 3] [--variants default price …]

Each world is learned twice from what was known on 2021-06-30: from examined lines alone (`train.unexamined_weight` 0),
and as the product does. Judged are 25,000 lines of July to December 2021 against their truth; a star marks an average
precision that is lower beyond the 95 % interval, by supplier, of the difference. Then the arbiter: its estimate of the
loss over all lines of the judged slice of a training, beside the true one of a random sample of those lines.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.simulated.seen_world import SETTINGS, SeenWorld
from originrisk.train.arbiter import over_all_lines
from originrisk.train.dataset import chapters
from originrisk.train.evaluation.holdout import fit_holdout, is_chinese
from originrisk.train.evaluation.metrics import Ranking, calibration_error
from originrisk.train.fit import fit, log_odds_of
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.pipeline import classifier
from originrisk.train.resampling import interval, resamples

WORLDS: Final = (
    "default", "price", "links", "lanes", "honest_newcomers", "fading_findings", "unexamined_chapters", "arm_of_50",
    "no_price_signal", "no_links",
)  # fmt: skip
JUDGED, PAST = 25_000, 30_000
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Run:
    """Figures of one world by how it was learned; `worse` where the average precision fell beyond its interval."""

    before: dict[str, float]
    after: dict[str, float]
    worse: bool
    arbiter: tuple[float, float, float, float]

    @property
    def covered(self) -> bool:
        """Whether the arbiter's interval holds the true loss."""
        true, _, low, high = self.arbiter
        return low <= true <= high


def run(variant: str, seed: int, lines: int) -> Run:
    """Make a world, learn it both ways and hold both against the truth."""
    of = SeenWorld.make(variant, seed, lines, most_judged=JUDGED, past=PAST)
    truth, supplier = of.truth[of.judged], of.supplier[of.judged].astype(np.uint64)
    said = []
    for worth in (0.0, SETTINGS.train.unexamined_weight):
        settings = SETTINGS.train.model_copy(update={"unexamined_weight": worth})
        fitted = fit(of.gathered.examples, of.gathered.unexamined, classifier(SETTINGS, seed), settings, seed)
        said.append(log_odds_of(fitted.model, of.frame.features.to_numpy()))
    rankings = [Ranking.of(one, truth) for one in said]
    moved = [r[1] - r[0] for r in ([one.average_precision(d) for one in rankings] for d in resamples(supplier, seed))]
    before, after = (figures(of, one, truth) for one in said)
    return Run(before, after, interval(moved)[1] < 0, judged_by_the_arbiter(of, seed))


def figures(of: SeenWorld, log_odds: Floats, truth: Floats) -> dict[str, float]:
    """Figures of all judged lines and of slices; NaN where a slice is empty."""
    entries, probability = of.world.entries.take(pa.array(of.judged)), 1 / (1 + np.exp(-log_odds))
    new = of.frame.features["supplier_age"].isna().to_numpy()
    elsewhere = ~is_chinese(entries["country_of_origin"])
    never = ~np.isin(chapters(entries), of.gathered.examples.chapter)
    even = np.ones(len(truth))
    told = Ranking.of(log_odds, truth).metrics(even)
    return {
        "AP": told["average_precision"],
        "AUC": told["auc"],
        "log-loss": float(NoisyResults.of(truth).loss(log_odds).mean()),
        "ECE": calibration_error(probability, truth, even),
        "AP new": Ranking.of(log_odds[new], truth[new]).average_precision(even[new]),
        "ECE new": calibration_error(probability[new], truth[new], even[new]),
        "AP elsewhere": Ranking.of(log_odds[elsewhere], truth[elsewhere]).average_precision(even[elsewhere]),
        "ECE elsewhere": calibration_error(probability[elsewhere], truth[elsewhere], even[elsewhere]),
        "never lines": float(never.sum()),
        "never said": float(probability[never].mean()) if never.any() else np.nan,
        "never true": float(truth[never].mean()) if never.any() else np.nan,
    }


def judged_by_the_arbiter(of: SeenWorld, seed: int) -> tuple[float, float, float, float]:
    """True loss over all lines of a training's judged slice, the estimate, and the ends of its interval."""
    examples, unexamined = of.gathered.examples, of.gathered.unexamined
    found, _ = fit_holdout(examples, unexamined, classifier(SETTINGS, seed), SETTINGS.train, seed)
    day, model = found.judged.frame.day.min(), found.fitted.model
    rest, judged = unexamined.since(day), log_odds_of(model, found.judged.features.to_numpy())
    said = judged, log_odds_of(model, rest.frame.features.to_numpy())
    told = over_all_lines(found.judged, rest, said, SETTINGS.train, seed)
    later = of.past_seen.day >= day
    log_odds = log_odds_of(model, of.past_seen.features.to_numpy()[later])
    true = NoisyResults.of(of.truth[of.past][later]).loss(log_odds).mean()
    return float(true), told["log_loss"], *told["log_loss_interval"]


def main(variants: Sequence[str], seeds: Sequence[int], lines: int) -> None:
    """Print a row a world as it is done, then what all of them say."""
    names = ("AP", "AUC", "log-loss", "ECE", "AP new", "ECE new", "AP elsewhere", "ECE elsewhere")
    heads = ("world", *names, "never: lines, said before, now, true", "loss: true, arbiter")
    print("", *heads, "", sep=" | ", flush=True)
    print("|---|", "--:|" * (len(heads) - 1), sep="", flush=True)
    runs = []
    for seed in seeds:
        for variant in variants:
            one = run(variant, seed, lines)
            runs.append(one)
            print("", f"{variant} {seed}", *cells(one, names), "", sep=" | ", flush=True)
    for name in names:
        before, after = (np.array([getattr(one, side)[name] for one in runs]) for side in ("before", "after"))
        count = f"better in {better(name, before, after)} of {len(runs)}"
        print(f"{name}: mean {before.mean():.4f} to {after.mean():.4f}, {count}")
    told = [one.after for one in runs]
    print(f"Average precision lower beyond its interval in {sum(one.worse for one in runs)}.")
    print(f"ECE at most .005 in {sum(one['ECE'] <= 0.005 for one in told)}, of new suppliers at most .012 in "
          f"{sum(one['ECE new'] <= 0.012 for one in told)}.")  # fmt: skip
    print(f"The arbiter's interval holds the true loss in {sum(one.covered for one in runs)} of {len(runs)}.")


def cells(one: Run, names: Sequence[str]) -> Iterator[str]:
    """A row of the table: before > now, a star where it is worse beyond its interval."""
    for name in names:
        places = ".4f" if name.startswith(("ECE", "log")) else ".3f"
        star = " *" if one.worse and name == "AP" else ""
        yield f"{one.before[name]:{places}} > {one.after[name]:{places}}{star}"
    never = (f"{one.before['never said']:.4f}", f"{one.after['never said']:.4f}", f"{one.after['never true']:.4f}")
    yield ", ".join((f"{one.after['never lines']:.0f}", *never))
    true, estimate, low, high = one.arbiter
    yield f"{true:.4f}, {estimate:.4f} [{low:.4f}, {high:.4f}]"


def better(name: str, before: Floats, after: Floats) -> int:
    """In how many worlds a figure is better than before."""
    falls = name.startswith(("ECE", "log"))
    return int((after < before if falls else after > before).sum())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=120_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--variants", nargs="+", default=WORLDS)
    given = parser.parse_args()
    main(given.variants, given.seeds, given.lines)

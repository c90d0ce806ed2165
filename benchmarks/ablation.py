"""What each concept brings on simulated trade: average precision without it, and with it alone.

    python -m benchmarks.ablation [--world default 1] [--world links 2] [--lines 400000]

Lines of 2019 to 2021, seen once as training sees them; each row is a fit of its own, as `train` makes it, on some of
the columns, from what was known on 2021-06-30, judged on July to December 2021 against the truth. `change` compares
with all concepts on the same resamples of suppliers: where its interval holds 0, the difference is not sure.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from benchmarks.simulated.seen_world import SETTINGS, SeenWorld
from originrisk.data.console import print_table, progress
from originrisk.features.catalogue import CATALOGUE
from originrisk.train import resampling
from originrisk.train.evaluation.metrics import Ranking
from originrisk.train.fit import fit
from originrisk.train.pipeline import classifier

WORLDS = (("default", 1), ("links", 2))
HEADINGS = ("columns", "number", "average precision [95 %]", "change [95 %]")

Floats = npt.NDArray[np.float64]
Columns = npt.NDArray[np.bool_]


def concepts() -> Iterator[tuple[str, Columns]]:
    """All columns, then without each concept, then each concept alone."""
    concept = np.array([feature.concept for feature in CATALOGUE])
    yield "all", np.ones(len(concept), np.bool_)
    for name in dict.fromkeys(concept):
        yield f"without {name}", concept != name
    for name in dict.fromkeys(concept):
        yield f"{name} alone", concept == name


def score(of: SeenWorld, columns: Columns, seed: int) -> Floats:
    """Log-odds of the judged lines from a fit on these columns alone."""
    chosen = [CATALOGUE[place] for place in np.flatnonzero(columns)]
    names = [feature.name for feature in chosen]
    learned = of.gathered.examples
    examples, unexamined = (
        replace(lines, frame=replace(lines.frame, features=lines.frame.features[names]))
        for lines in (learned, of.gathered.unexamined)
    )
    model = fit(examples, unexamined, classifier(SETTINGS, seed, chosen), SETTINGS.train, seed).model
    return model.log_odds(of.frame.features[names].to_numpy())


def precisions(of: SeenWorld, scores: Floats, seed: int) -> Floats:
    """Average precision on all judged lines, then on resamples of their suppliers (1 + RESAMPLES,)."""
    ranking = Ranking.of(scores, of.truth[of.judged])
    draws = [np.ones(len(of.judged)), *resampling.resamples(of.supplier[of.judged].astype(np.uint64), seed)]
    return np.array([ranking.average_precision(draw) for draw in draws])


def interval(values: Floats, form: str) -> str:
    """A value, and 95 % of the values on resamples, in a format."""
    low, high = resampling.interval(values[1:].tolist())
    return f"{values[0]:{form}} [{low:{form}}, {high:{form}}]"


def main(variant: str, seed: int, lines: int) -> None:
    """Print the table of a world."""
    of = SeenWorld.make(variant, seed, lines)
    chosen = dict(concepts())
    found: dict[str, Floats] = {}
    with progress("Fitting", len(chosen)) as advance:
        for name, columns in chosen.items():
            found[name] = precisions(of, score(of, columns, seed), seed)
            advance(1)
    title = f"World {variant}, seed {seed}: {lines:,} lines, {len(of.gathered.examples):,} results, "
    title += f"{len(of.judged):,} lines judged, {of.truth[of.judged].mean():.2%} true"
    print_table(title, HEADINGS, [_row(name, chosen[name], found) for name in chosen])


def _row(name: str, columns: Columns, found: dict[str, Floats]) -> tuple[str, ...]:
    change = interval(found[name] - found["all"], "+.3f") if name != "all" else ""
    return name, str(columns.sum()), interval(found[name], ".3f"), change


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", nargs=2, action="append", metavar=("VARIANT", "SEED"))
    parser.add_argument("--lines", type=int, default=400_000)
    given = parser.parse_args()
    for variant, seed in given.world or WORLDS:
        main(variant, int(seed), given.lines)

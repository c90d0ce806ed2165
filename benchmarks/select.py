"""Which columns the catalogue needs, chosen by a procedure; and average precision of two catalogues on the same lines.

    python -m benchmarks.select see FOLDER [--worlds default-3k …]    worlds, and their features by this checkout
    python -m benchmarks.select eliminate FOLDER [COMMIT …]           the curve of loss against columns, and the choice
    python -m benchmarks.select beside FOLDER BEFORE NOW [--whole]    two catalogues (commits) against the truth

The procedure: worlds of other knobs and seeds, seen as training sees them. Trees of both kinds are grown in the folds
of the fit, which share no supplier, and judged by the loss on the suppliers that they did not see. A column is worth
what that loss rises by where its contribution (TreeSHAP) is left out: the mean over worlds, in shares of the world's
loss. The weakest leave, a tenth at a time, of columns that correlate (Spearman's rho above .8) only one, since each
hides the other; then trees are grown anew. Chosen is the smallest set whose mean loss lies within a standard error of
the lowest.

`see` keeps its work in FOLDER/WORLD/COMMIT and may be run by another commit's checkout, for `beside`.
"""

import argparse
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from joblib import Parallel, delayed
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.special import expit
from sklearn.base import clone

from benchmarks.simulated.seen_world import CUTOFF, PERIOD, SETTINGS
from originrisk.data.console import print_table
from originrisk.data.contract import LINE_KEY
from originrisk.data.simulation.settings import settings_of
from originrisk.data.simulation.world import make
from originrisk.features.catalogue import CATALOGUE
from originrisk.features.history.keys import find
from originrisk.features.history.replay import Outcomes
from originrisk.features.lines import Lines, entry_dates
from originrisk.features.lists import Listings
from originrisk.train.dataset import Examples, FeatureFrame, Unexamined, keys_of, see
from originrisk.train.evaluation.metrics import Ranking, calibration_error
from originrisk.train.fit import UNEXAMINED_TAUGHT, TrainingSet, fit, log_odds_of, results_of
from originrisk.train.labels import Expected, propensity
from originrisk.train.origin_classifier import NoisyResults, OriginClassifier
from originrisk.train.pipeline import TREE_SETTINGS
from originrisk.train.resampling import interval, resamples

LINES: Final = 80_000
WORLDS: Final[dict[str, dict[str, Any]]] = {
    "default-3k": {"variant": "default", "seed": 31, "examined_share": 0.05},
    "price-3k": {"variant": "price", "seed": 32, "examined_share": 0.05},
    "lanes-8k": {"variant": "lanes", "seed": 33, "examined_share": 0.13},
    "links-3k": {"variant": "links", "seed": 34, "examined_share": 0.05},
    "price-8k": {"variant": "price", "seed": 35, "examined_share": 0.13, "supplier_persistence": 0.6},
    "messy-8k": {"variant": "messy", "seed": 36, "examined_share": 0.13},
    "stable-3k": {"variant": "stable_suppliers", "seed": 37, "examined_share": 0.05},
    "newcomers-8k": {"variant": "honest_newcomers", "seed": 38, "examined_share": 0.13},
    "fading-3k": {"variant": "fading_findings", "seed": 39, "examined_share": 0.05},
    "default-17k": {"variant": "default", "seed": 40, "examined_share": 0.29},
}
"""Knobs of the worlds; the end of a name says about how many results there are to learn from."""
TABLES: Final = ("entries", "outcomes", "listed", "truth")
LABELS: Final = ("observed", "known_on", "cell", "draw_chance")
MOST_UNEXAMINED: Final = 12_000
UNEXAMINED_HERE: Final = 1_500
"""Lines nobody examined that trees learn from beside the results, while columns are chosen."""
TREES: Final = 60
CORRELATED: Final = 0.8
SEEDS: Final = (0,)
JOBS: Final = 1
EXAMPLE, UNEXAMINED, JUDGED = 1, 2, 3

Floats = npt.NDArray[np.float64]
Names = list[str]


@dataclass(frozen=True, slots=True)
class SavedWorld:
    """A world as catalogues of some commits see it: what there is to learn from, and lines judged, with truth."""

    name: str
    examples: Examples
    unexamined: Unexamined
    judged: pd.DataFrame
    truth: Floats
    supplier: npt.NDArray[np.uint64]
    columns: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, folder: Path, commits: Sequence[str]) -> Self:
        """What `see` kept; of columns with one name that of the first commit counts."""
        parts = [pd.read_parquet(folder / commit / "features.parquet") for commit in commits]
        told = [json.loads((folder / commit / "columns.json").read_text()) for commit in commits]
        features = pd.concat(parts, axis=1)
        features = features.loc[:, ~features.columns.duplicated()]
        arrays = np.load(folder / "labels.npz")
        kind = arrays["kind"]

        def frame(of: int) -> FeatureFrame:
            keys = pd.DataFrame({"supplier": arrays["supplier"][kind == of]})
            return FeatureFrame(features[kind == of].reset_index(drop=True), keys, arrays["day"][kind == of])

        past = kind != JUDGED
        chance = propensity(features[past].to_numpy(), kind[past] == EXAMPLE, float(arrays["share"]), seed=0)
        learned, judged = frame(EXAMPLE), frame(JUDGED)
        of = np.full(len(frame(UNEXAMINED)), "00")  # chapters are not kept
        rows = pa.table({"row": np.arange(len(learned)), "htsus": ["00"] * len(learned)})
        labels = {name: arrays[name] for name in LABELS}
        of_examples = np.fmax(chance[kind[past] == EXAMPLE], labels["draw_chance"])
        columns = {name: column for one in reversed(told) for name, column in one.items()}
        return cls(
            folder.name,
            Examples(rows, learned, **labels, propensity=of_examples),
            Unexamined(frame(UNEXAMINED), chance[kind[past] == UNEXAMINED], of),
            judged.features,
            arrays["truth"][kind == JUDGED],
            judged.supplier,
            columns,
        )

    def classifier(self, names: Sequence[str], seed: int = 0, seeds: int | None = None) -> OriginClassifier:
        """The product's classifier of these columns, unfitted."""
        given = [self.columns[name] for name in names]
        return OriginClassifier(
            categorical=tuple(i for i, column in enumerate(given) if column["kind"] == "category"),
            monotone=tuple(column["monotone"] for column in given),
            seeds=tuple(range(seed * 100, seed * 100 + (seeds or SETTINGS.train.seeds))),
            **{name: getattr(SETTINGS.train, name) for name in TREE_SETTINGS},
        )


def see_world(folder: Path, knobs: dict[str, Any]) -> None:
    """Keep what this checkout's catalogue sees of a world, which the first to ask makes."""
    if not (folder / "labels.npz").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        world = make(settings_of(**({"lines": LINES} | PERIOD | knobs)))
        for name in TABLES:
            pq.write_table(getattr(world, name), folder / f"{name}.parquet")
        label(folder, knobs["seed"])
    entries, outcomes, listed = (pq.read_table(folder / f"{name}.parquet") for name in TABLES[:3])
    lines, rows = Lines.of(entries), np.load(folder / "labels.npz")["rows"]
    known = Outcomes.of(lines, outcomes.filter(pc.is_valid(outcomes["outcome_date"])))
    seen = see(lines, known, Listings.known(listed), rows, PERIOD["end"])
    of = folder / commit()
    of.mkdir(exist_ok=True)
    seen.features.to_parquet(of / "features.parquet")
    columns = {one.name: {"kind": one.kind, "monotone": one.monotone} for one in CATALOGUE}
    (of / "columns.json").write_text(json.dumps(columns))


def label(folder: Path, seed: int) -> None:
    """Keep which lines of a world are learned from, which are judged, and the results of those that were examined."""
    from originrisk.train.dataset import examples_of, known_outcomes  # a checkout of before lacks some

    entries, outcomes, _, truth = (pq.read_table(folder / f"{name}.parquet") for name in TABLES)
    lines = Lines.of(entries)
    kind = np.where(entry_dates(lines) > np.datetime64(CUTOFF), JUDGED, 0)
    teaching, _ = known_outcomes(outcomes, lines, CUTOFF)
    examined, places = (find(lines, *(of[name] for name in LINE_KEY)) for of in (outcomes, teaching))
    free = np.setdiff1d(np.flatnonzero(kind == 0), examined)
    kind[np.random.default_rng(seed).choice(free, MOST_UNEXAMINED, replace=False)] = UNEXAMINED
    kind[places] = EXAMPLE
    rows = np.flatnonzero(kind)
    frame = FeatureFrame(pd.DataFrame(index=range(len(rows))), keys_of(lines.take(rows)), entry_dates(lines)[rows])
    learned = kind[rows] == EXAMPLE
    of_results = entries.take(np.sort(places)), teaching.take(np.argsort(places, kind="stable"))
    examples = examples_of(*of_results, frame.take(learned), np.zeros(learned.sum()))
    arrays = {name: getattr(examples, name) for name in LABELS}
    arrays |= {"share": np.array(MOST_UNEXAMINED / len(free)), "rows": rows, "kind": kind[rows]}
    arrays |= {"supplier": frame.supplier, "day": frame.day}
    arrays |= {"truth": np.asarray(truth["y_any"].take(rows)).astype(np.float64)}
    np.savez(folder / "labels.npz", **arrays)
    print(f"{folder.name}: {learned.sum():,} results, {examples.observed.sum():,.0f} positive, {rows.size:,} rows")


def commit() -> str:
    """Short name of the commit that is checked out."""
    head = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(head, capture_output=True, text=True, check=True).stdout.strip()


@dataclass(frozen=True, slots=True)
class Loss:
    """Loss on suppliers never seen: in all, on resamples of the suppliers, and what it rises by where the
    contribution of each column is left out (columns,)."""

    mean: float
    of_resamples: Floats
    rise: Floats


def judge(world: SavedWorld, names: Sequence[str]) -> Loss:
    """Grow trees of both kinds on these columns in the folds of the fit, and judge them on the other suppliers."""
    examples, prototype = world.examples, world.classifier(names, seeds=2)
    results = results_of(examples, np.ones(len(examples)), Expected.of().error_rates)
    some = world.unexamined.sample(UNEXAMINED_HERE, seed=0)
    taught = TrainingSet.of(examples, results, some, SETTINGS.train.unexamined_weight)
    features = taught.features[list(names)].astype(np.float64)
    loss, rise = np.empty(len(examples)), np.zeros(len(names))
    for fitted, judged in taught.folds(seed=0):
        grown = clone(prototype).set_params(trees=TREES)
        grown.fit(features[fitted], **taught.results.take(fitted).fit_arguments())
        rows = np.flatnonzero(judged[: len(examples)])
        asked, found = features.iloc[rows].to_numpy(), results.take(rows)
        log_odds = grown.log_odds(features.iloc[rows])
        loss[rows] = found.loss(log_odds)
        parts = np.mean([one.predict(asked, pred_contrib=True)[:, :-1] for one in grown.boosters_], axis=0)
        rise += [found.loss(log_odds - part).sum() - loss[rows].sum() for part in parts.T]
    draws = resamples(examples.frame.supplier, seed=0)
    return Loss(loss.mean(), np.array([np.average(loss, weights=draw) for draw in draws]), rise / len(loss))


def alike(worlds: Sequence[SavedWorld], names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Group of each column: those of a group hang together by their ranks (average linkage, as the mean of worlds)."""
    ranks = [world.examples.features[list(names)].rank().fillna(0.0).corr().abs().fillna(0.0) for world in worlds]
    apart = np.clip(1 - np.mean(ranks, axis=0), 0, 1)
    np.fill_diagonal(apart, 0.0)
    tree = linkage(squareform((apart + apart.T) / 2, checks=False), "average")
    return np.asarray(fcluster(tree, 1 - CORRELATED, "distance"), np.int64)


def eliminate(worlds: Sequence[SavedWorld], names: list[str], least: int, share: int) -> None:
    """Print the curve, then the smallest set within a standard error of the lowest loss."""
    steps: list[tuple[list[str], list[Loss]]] = []
    while True:
        losses = Parallel(JOBS)(delayed(judge)(world, names) for world in worlds)
        steps.append((names, losses))
        print(f"{len(names)} columns: " + " ".join(f"{loss.mean:.4f}" for loss in losses), flush=True)
        if len(names) <= least:
            break
        rise = np.mean([loss.rise / loss.mean for loss in losses], axis=0)
        gone: dict[int, str] = {}
        for group, name in sorted(
            zip(alike(worlds, names), names, strict=True), key=lambda one: rise[names.index(one[1])]
        ):
            if len(gone) < max(1, len(names) // share):
                gone.setdefault(int(group), name)
        print("  without " + ", ".join(gone.values()), flush=True)
        names = [name for name in names if name not in gone.values()]
    report(worlds, steps)


def report(worlds: Sequence[SavedWorld], steps: Sequence[tuple[list[str], list[Loss]]]) -> None:
    """Print loss by number of columns, on each world and as their mean, in shares of that of all columns."""
    whole = steps[0][1]
    changes = np.array(
        [[loss.mean / all_.mean - 1 for loss, all_ in zip(losses, whole, strict=True)] for _, losses in steps]
    )
    rows = []
    for (names, losses), change in zip(steps, changes, strict=True):
        drawn = [
            interval((loss.of_resamples / all_.of_resamples - 1).tolist())
            for loss, all_ in zip(losses, whole, strict=True)
        ]
        error = change.std(ddof=1) / np.sqrt(len(worlds))
        shown = [f"{one:+.1%} [{low:+.1%}, {high:+.1%}]" for one, (low, high) in zip(change, drawn, strict=True)]
        rows.append((str(len(names)), f"{change.mean():+.2%} ± {error:.2%}", *shown))
    heads = ("columns", "mean ± standard error", *(world.name for world in worlds))
    print_table("Loss on suppliers never seen, beside that of all columns (95 % over suppliers)", heads, rows)
    mean = changes.mean(axis=1)
    best = int(mean.argmin())
    noise = (changes - changes[best]).std(axis=1, ddof=1) / np.sqrt(len(worlds))
    chosen = max(place for place in range(len(steps)) if mean[place] - mean[best] <= noise[place])
    print(f"Chosen: {len(steps[chosen][0])} columns: {', '.join(steps[chosen][0])}")


def beside(folders: Sequence[Path], before: str, now: str, *, whole: bool) -> None:
    """Print average precision, log-loss and calibration error of two catalogues, fitted as the product does."""
    rows, changes = [], []
    for folder in folders:
        worlds = [SavedWorld.read(folder, [one]) for one in (before, now)]
        scores = Parallel(JOBS)(
            delayed(judged_log_odds)(world, seed, whole=whole) for world in worlds for seed in SEEDS
        )
        halves = scores[: len(SEEDS)], scores[len(SEEDS) :]
        world = worlds[0]
        draws = [np.ones(len(world.truth)), *resamples(world.supplier, seed=0)]
        precision = [
            np.mean([[Ranking.of(one, world.truth).average_precision(draw) for draw in draws] for one in half], axis=0)
            for half in halves
        ]
        change = precision[1] - precision[0]
        changes.append(change[0])
        low, high = interval(change[1:].tolist())
        told = [np.mean([figures(one, world.truth) for one in half], axis=0) for half in halves]
        results = f"{len(world.examples):,} / {int(world.examples.observed.sum()):,}"
        shown = [*(f"{one[0]:.3f}" for one in precision), f"{change[0]:+.3f} [{low:+.3f}, {high:+.3f}]"]
        shown += [f"{one[place]:.4f}" for place in (0, 1) for one in told]
        rows.append((folder.name, results, *shown))
        print(*rows[-1], flush=True)
    error = np.std(changes, ddof=1) / np.sqrt(len(changes))
    title = f"{before} beside {now}: mean change of AP {np.mean(changes):+.4f} ± {error:.4f}, worst {min(changes):+.3f}"
    heads = ("world", "results / positive", "AP before", "now", "change [95 %]")
    print_table(title, (*heads, "log-loss before", "now", "calibration error before", "now"), rows)


def judged_log_odds(world: SavedWorld, seed: int, *, whole: bool = False) -> Floats:
    """Log-odds of the judged lines: by the model that `originrisk train` would keep, or by its trees alone, of a fixed
    number and with the error rates that are expected (a fifteenth of the work)."""
    names, prototype = list(world.columns), world.classifier(list(world.columns), seed)
    matrix = world.judged[names].astype(np.float64)
    if whole:
        fitted = fit(world.examples, world.unexamined, prototype, SETTINGS.train, seed)
        return log_odds_of(fitted.model, matrix.to_numpy())
    results = results_of(world.examples, np.ones(len(world.examples)), Expected.of().error_rates)
    some = world.unexamined.sample(UNEXAMINED_TAUGHT, seed)
    taught = TrainingSet.of(world.examples, results, some, SETTINGS.train.unexamined_weight)
    return prototype.fit(taught.features, **taught.results.fit_arguments()).log_odds(matrix)


def figures(log_odds: Floats, truth: Floats) -> tuple[float, float]:
    """Log-loss and calibration error against the truth."""
    even = np.ones(len(truth))
    return float(NoisyResults.of(truth).loss(log_odds).mean()), calibration_error(expit(log_odds), truth, even)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("see", "eliminate", "beside"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("commits", nargs="*", help="whose columns; default: those of the checkout")
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), metavar="WORLD")
    parser.add_argument("--least", type=int, default=20, help="columns at which elimination ends")
    parser.add_argument("--share", type=int, default=10, help="one column in so many leaves in a step")
    parser.add_argument("--whole", action="store_true", help="fit as `originrisk train` does, not its trees alone")
    given = parser.parse_args()
    folders = [given.folder / name for name in given.worlds]
    commits = given.commits or [commit()]
    if given.step == "see":
        for folder in folders:
            see_world(folder, WORLDS[folder.name])
    elif given.step == "beside":
        beside(folders, *commits, whole=given.whole)
    else:
        seen = [SavedWorld.read(folder, commits) for folder in folders]
        eliminate(seen, list(seen[0].columns), given.least, given.share)

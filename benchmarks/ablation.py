"""What each family of features brings on simulated trade: average precision without it, and with it alone.

    python -m benchmarks.ablation [--world default 1] [--world links 2] [--lines 400000]

Lines of 2019 to 2021, seen once as training sees them; each row is a fit of its own, as `train` makes it, on some of
the columns, from what was known on 2021-06-30, judged on July to December 2021 against the truth. `change` compares
with all families on the same resamples of suppliers: where its interval holds 0, the difference is not sure.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from data.console import print_table, progress
from data.settings import TrainSettings
from data.world.make import World, make
from data.world.variants import settings_of
from features.catalogue import CATALOGUE, NAMES
from features.lines import Lines
from features.lists import Listings
from features.replay import Outcomes
from train.examples import Examples, gather, see
from train.fit import fit
from train.hindsight import Seen
from train.origin_classifier import OriginClassifier
from train.propensity import weights
from train.ranking import Ranking

CUTOFF = date(2021, 6, 30)
PERIOD = {"start": date(2019, 1, 1), "end": date(2021, 12, 31)}
WORLDS = (("default", 1), ("links", 2))
RESAMPLES = 200
HEADINGS = ("columns", "number", "average precision [95 %]", "change [95 %]")

Floats = npt.NDArray[np.float64]
Columns = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trade:
    """Examined lines, a sample of the others, and the lines that are judged, with their truth and supplier."""

    examples: Examples
    others: Seen
    judged: pd.DataFrame
    truth: Floats
    supplier: npt.NDArray[np.int64]


def trade(variant: str, seed: int, lines: int) -> Trade:
    """A simulated world as training and scoring see it."""
    world = make(settings_of(variant, seed=seed, lines=lines, **PERIOD))
    until = pc.less_equal(world.entries["entry_date"], CUTOFF)
    gathered = gather(world.entries.filter(until), world.outcomes, Listings.known(world.listed), CUTOFF, seed)
    wanted = np.flatnonzero(~np.asarray(until))
    return Trade(
        gathered.examples,
        gathered.others,
        _seen(world, wanted).features,
        world.truth["y_any"].to_numpy(zero_copy_only=False)[wanted].astype(np.float64),
        np.unique(world.truth["supplier_id"].to_numpy()[wanted], return_inverse=True)[1],
    )


def _seen(world: World, wanted: npt.NDArray[np.intp]) -> Seen:
    lines = Lines.of(world.entries)
    known = world.outcomes.filter(pc.is_valid(world.outcomes["outcome_date"]))
    return see(lines, Outcomes.of(lines, known), Listings.known(world.listed), wanted, PERIOD["end"])


def families() -> Iterator[tuple[str, Columns]]:
    """All columns, then without each family, then each family alone."""
    family = np.array([feature.family for feature in CATALOGUE])
    yield "all", np.ones(len(family), np.bool_)
    for name in dict.fromkeys(family):
        yield f"without {name}", family != name
    for name in dict.fromkeys(family):
        yield f"{name} alone", family == name


def score(of: Trade, columns: Columns, seed: int) -> Floats:
    """Log-odds of the judged lines from a fit on these columns alone."""
    names = [name for name, chosen in zip(NAMES, columns, strict=True) if chosen]
    examples = replace(of.examples, seen=_only(of.examples.seen, names))
    weight = weights(examples.propensity, TrainSettings().propensity_floor)
    model = fit(examples, _only(of.others, names), weight, _prototype(columns, seed), seed).model
    return model.log_odds(of.judged[names].to_numpy())


def _only(seen: Seen, names: list[str]) -> Seen:
    return replace(seen, features=seen.features[names])


def _prototype(columns: Columns, seed: int) -> OriginClassifier:
    chosen = [feature for feature, kept in zip(CATALOGUE, columns, strict=True) if kept]
    return OriginClassifier(
        categorical=tuple(i for i, feature in enumerate(chosen) if feature.kind == "category"),
        monotone=tuple(feature.monotone for feature in chosen),
        seeds=tuple(range(seed * 100, seed * 100 + TrainSettings().seeds)),
    )


def precisions(of: Trade, scores: Floats, seed: int) -> Floats:
    """Average precision on all judged lines, then on resamples of their suppliers (1 + RESAMPLES,)."""
    ranking = Ranking.of(scores, of.truth)
    number = of.supplier.max() + 1
    drawn = np.random.default_rng(seed).integers(0, number, (RESAMPLES, number))
    times = [np.bincount(row, minlength=number)[of.supplier].astype(np.float64) for row in drawn]
    draws = [np.ones(len(of.truth)), *times]
    return np.array([ranking.metrics(draw)["average_precision"] for draw in draws])


def _interval(values: Floats, form: str) -> str:
    low, high = np.percentile(values[1:], (2.5, 97.5))
    return f"{values[0]:{form}} [{low:{form}}, {high:{form}}]"


def main(variant: str, seed: int, lines: int) -> None:
    """Print the table of a world."""
    of = trade(variant, seed, lines)
    chosen = dict(families())
    found: dict[str, Floats] = {}
    with progress("Fitting", len(chosen)) as advance:
        for name, columns in chosen.items():
            found[name] = precisions(of, score(of, columns, seed), seed)
            advance(1)
    title = f"World {variant}, seed {seed}: {lines:,} lines, {len(of.examples):,} results, "
    title += f"{len(of.truth):,} lines judged, {of.truth.mean():.2%} true"
    print_table(title, HEADINGS, [_row(name, chosen[name], found) for name in chosen])


def _row(name: str, columns: Columns, found: dict[str, Floats]) -> tuple[str, ...]:
    change = _interval(found[name] - found["all"], "+.3f") if name != "all" else ""
    return name, str(columns.sum()), _interval(found[name], ".3f"), change


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--world", nargs=2, action="append", metavar=("VARIANT", "SEED"))
    parser.add_argument("--lines", type=int, default=400_000)
    given = parser.parse_args()
    for variant, seed in given.world or WORLDS:
        main(variant, int(seed), given.lines)

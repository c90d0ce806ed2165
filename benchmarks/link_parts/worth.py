"""What links bring to the ranking, and whom they flag wrongly: average precision with and without, and false flags.

Each row is a fit of its own, as `train` makes it (see `benchmarks.ablation`), judged against the truth.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from benchmarks import ablation
from benchmarks.ablation import Columns, Floats
from benchmarks.simulated.seen_world import CUTOFF, SeenWorld
from originrisk.data.console import print_table
from originrisk.data.simulation.world import World
from originrisk.features import behind
from originrisk.features.catalogue import CATALOGUE
from originrisk.features.graph import surroundings
from originrisk.features.history.keys import key_of
from originrisk.features.lines import Lines
from originrisk.features.route import declared_in_china

Bools = npt.NDArray[np.bool_]
CAPACITY = 0.02
"""Share of the lines that are flagged."""
NEWER = {"maker_list_match", "trader_list_match"} | {
    feature.name for feature in (*surroundings.FEATURES, *behind.FEATURES)
}
"""Features of graph, parties and near spellings of listed names."""


def main(variant: str, seed: int, lines: int) -> None:
    """Print both tables of a world."""
    of = SeenWorld.make(variant, seed, lines)
    judged = _judged(of.world)
    chosen = dict(_columns())
    scores = {name: ablation.score(of, columns, seed) for name, columns in chosen.items()}
    title = f"World {variant}, seed {seed}: {lines:,} lines, {len(of.judged):,} judged"
    rows = [
        row for name, where in judged.populations.items() for row in _precision(name, where, of, scores, seed)
    ]
    print_table(title, ("lines", "true", "columns", "average precision [95 %]", "change [95 %]"), rows)
    flags = [_flags(name, where, scores) for name, where in judged.clean.items()]
    print_table(f"Flagged wrongly, of the first {CAPACITY:.0%}", ("clean lines", "number", *scores), flags)


def _columns() -> list[tuple[str, Columns]]:
    links = np.array([feature.family == "links" for feature in CATALOGUE])
    newer = np.array([feature.name in NEWER for feature in CATALOGUE])
    every = np.ones(len(CATALOGUE), np.bool_)
    return [("all", every), ("without links", ~links), ("without graph, parties, list match", ~newer)]


class Judged:
    """Rows of judged lines: populations to rank, and clean lines by what they share with bad ones."""

    def __init__(self, populations: Mapping[str, Bools], clean: Mapping[str, Bools]) -> None:
        self.populations, self.clean = populations, clean


def _judged(world: World) -> Judged:
    late = np.asarray(pc.greater(world.entries["entry_date"], CUTOFF))
    lines = Lines.of(world.entries.filter(late))
    truth = world.truth.to_pandas()
    known = set(truth["supplier_id"][~late])
    truth = truth[late]
    bad, new = truth["y_any"].to_numpy(), ~truth["supplier_id"].isin(known).to_numpy()
    populations = {
        "all": np.ones(len(bad), np.bool_),
        "suppliers never seen before": new,
        "true of third countries, and all clean": ~declared_in_china(lines) | ~bad,
    }
    clean = ~truth["supplier_id"].isin(set(truth["supplier_id"][bad])).to_numpy()
    alike = {
        name.replace("_", " "): (truth["look_alike"] == name).to_numpy()
        for name in ("renamed", "moved_for_tariff", "homonym")
    }
    shares = {
        f"share the {words} of a bad one": np.isin(key_of(lines, key), key_of(lines, key)[bad])
        & (key_of(lines, key) != 0)
        for key, words in (("consolidator", "forwarder"), ("address", "address"), ("maker", "name"))
    }
    return Judged(
        populations, {name: where & clean for name, where in {"all": clean, **alike, **shares}.items()}
    )


def _precision(
    name: str, where: Bools, of: SeenWorld, scores: Mapping[str, Floats], seed: int
) -> list[tuple[str, ...]]:
    chosen = replace(of, judged=of.judged[where])
    found = {columns: ablation.precisions(chosen, score[where], seed) for columns, score in scores.items()}
    return [
        (
            name,
            f"{of.truth[chosen.judged].sum():,.0f}",
            columns,
            ablation.interval(values, ".3f"),
            "" if columns == "all" else ablation.interval(values - found["all"], "+.3f"),
        )
        for columns, values in found.items()
    ]


def _flags(name: str, where: Bools, scores: Mapping[str, Floats]) -> tuple[str, ...]:
    shares = []
    for score in scores.values():
        first = np.argsort(-score, kind="stable")[: int(CAPACITY * len(score))]
        shares.append(f"{np.isin(np.flatnonzero(where), first).mean():.2%}" if where.any() else "no lines")
    return name, f"{where.sum():,}", *shares

"""How many of the successors that evade an order come first, where new suppliers are ranked by their successor score.

A new supplier is one whose first line came after 2020-03-31, the orders having begun on 2019-09-30; it is ranked by the
highest score of its first ten lines, as each line's day saw it. The truth says whom it follows and what it hides.
"""

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import roc_auc_score

from originrisk.data.console import print_table
from originrisk.data.contract import EPOCH
from originrisk.data.simulation.settings import settings_of
from originrisk.data.simulation.world import World, make
from originrisk.features.graph.graph import Graph
from originrisk.features.graph.surroundings import successor_score
from originrisk.features.history.replay import Outcomes, Timeline, teach
from originrisk.features.history.state import History
from originrisk.features.history.view import see
from originrisk.features.lines import Lines
from originrisk.features.lists import Listings
from originrisk.features.names import company_key

PERIOD = {"start": date(2019, 1, 1), "end": date(2022, 12, 31)}
NEW_FROM = (date(2020, 4, 1) - EPOCH).days
EVASIONS = ("shell", "relabelling", "third_country")
LOOK_ALIKES = ("renamed", "moved_for_tariff", "homonym")
TOPS = (100, 1000)
HEADINGS = (
    "new suppliers that are",
    "number",
    *(f"in the top {top:,}" for top in TOPS),
    "area under the curve",
)

Floats = npt.NDArray[np.float64]


def main(variant: str, seed: int, lines: int) -> None:
    """Print how many of each kind of new supplier stand in the tops."""
    world = make(settings_of(variant, seed=seed, lines=lines, **PERIOD))
    new = suppliers(world, scores(world))
    order = new["score"].to_numpy().argsort(kind="stable")[::-1]
    kinds = {
        "evading successors": new["evades"] & new["follows"],
        "successors of a listed maker": new["of_listed"],
        "honest look-alikes": new["look_alike"] & ~new["bad"],
        "all": new["score"] >= 0,
    }
    title = f"World {variant}, seed {seed}: {lines:,} lines, ranked by successor score"
    print_table(title, HEADINGS, [_row(name, of.to_numpy(), order, new) for name, of in kinds.items()])


def _row(
    name: str, of: npt.NDArray[np.bool_], order: npt.NDArray[np.intp], new: pd.DataFrame
) -> tuple[str, ...]:
    area = f"{roc_auc_score(of, new['score']):.3f}" if 0 < of.sum() < len(of) else ""
    return name, f"{of.sum():,}", *(f"{of[order[:top]].sum():,}" for top in TOPS), area


def scores(world: World) -> Floats:
    """Successor score of each line, as its day saw it."""
    lines, listings = Lines.of(world.entries), Listings.known(world.listed)
    history, score = History((), {"graph": Graph}), np.zeros(lines.size)
    timeline = Timeline(lines, Outcomes.of(lines, world.outcomes))
    for day in range(timeline.first, int(lines.days["entry_date"].max()) + 1):
        if len(rows := timeline.entered.places(day, day)):
            entered = lines.take(rows)
            score[rows] = successor_score.compute(entered, see(history, entered, listings))
        teach(history.learners["graph"], timeline, day, listings)
    return score


def suppliers(world: World, score: Floats) -> pd.DataFrame:
    """One row for each new supplier: its score, and what the truth says of it."""
    truth = world.truth.to_pandas().assign(score=score, day=Lines.of(world.entries).days["entry_date"])
    seen = Listings.known(world.listed).seen
    names = world.entries["manufacturer_name"].to_pylist()
    truth["listed"] = [
        min((start for start, _ in seen.get(company_key(name or ""), ())), default=np.nan) for name in names
    ]
    listed = truth.groupby("supplier_id")["listed"].min()
    by_supplier = truth.assign(
        evades=truth["mechanism"].isin(EVASIONS),
        look_alike=truth["look_alike"].isin(LOOK_ALIKES),
        before_listed=truth["predecessor_id"].map(listed),
    ).groupby("supplier_id")
    told = by_supplier[["evades", "look_alike"]].max()
    told["bad"], told["follows"] = by_supplier["y_any"].max(), by_supplier["predecessor_id"].max().notna()
    told["of_listed"] = by_supplier["before_listed"].min() < by_supplier["day"].min()
    told["score"] = by_supplier.head(10).groupby("supplier_id")["score"].max()
    return told[by_supplier["day"].min() >= NEW_FROM]

"""What parties do when orders, listings and tariffs come: a contract ends and another, changed one follows it.

The follower keeps importer, seller and consolidator, as real successors do; what changes depends on the mechanism.
Honest flows move too: for tariffs, or because a firm changes its name. They look alike and are not.
"""

from typing import Final

import numpy as np
import pandas as pd

from originrisk.data.world.catalogue import by_country, choose, countries
from originrisk.data.world.channels import lanes
from originrisk.data.world.clock import day_number, stream
from originrisk.data.world.contracts import OPEN, SHELL_FIRM
from originrisk.data.world.evasion import conceal, mechanisms
from originrisk.data.world.parameters import order, parameters, values
from originrisk.data.world.parties import SHELL
from originrisk.data.world.settings import WorldSettings
from originrisk.data.world.successors import Pair, rename, succeed

LOOK_ALIKES: Final = ("none", "renamed", "moved_for_tariff", "homonym")
RENAMED, MOVED, HOMONYM = 1, 2, 3


def react(settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame) -> Pair:
    """Parties and contracts after all reactions: orders, then honest moves, then listings."""
    contracts = contracts.assign(
        mechanism=np.where(contracts["known"], OPEN, contracts["mechanism"]), look_alike=0
    )
    for step in (_honest_moves, _orders, _listings, _homonyms):
        parties, contracts = step(settings, parties, contracts)
    return parties, contracts[contracts["last"] >= contracts["first"]].reset_index(drop=True)


def _orders(settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame) -> Pair:
    """Knowing flows turn to evasion, most after the region-wide order, the rest after the UFLPA."""
    rng = stream(settings.seed, "orders")
    late = rng.random(len(contracts)) < 0.3
    day = np.where(late, order("uflpa"), order("region_order"))
    day = day + rng.exponential(50, len(contracts)).astype(int)
    known = contracts["known"].to_numpy() & (contracts["last"] > day)
    chosen = mechanisms(rng, contracts)
    old = known & (contracts["first"] < day)
    contracts, followers = succeed(rng, contracts, np.flatnonzero(old), day[old])
    followers["mechanism"] = chosen[old]
    newborn = known & ~old
    fresh = contracts[newborn].assign(mechanism=chosen[newborn])
    parties, changed = conceal(rng, settings, parties, pd.concat([followers, fresh]))
    return parties, pd.concat([contracts[~newborn], changed], ignore_index=True)


def _honest_moves(settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame) -> Pair:
    """Flows without knowledge of anything that change name, or leave China for the tariffs of 2018 and 2019."""
    rng = stream(settings.seed, "honest moves")
    window = (contracts["last"] - contracts["first"]).to_numpy()
    day = contracts["first"].to_numpy() + (window * rng.uniform(0.2, 0.8, len(contracts))).astype(int)
    rows = np.flatnonzero(
        ~contracts["known"] & (window > 120) & (rng.random(len(contracts)) < settings.churn)
    )
    contracts, followers = succeed(rng, contracts, rows, day[rows])
    chinese = (followers["origin"] == countries().index("CN")).to_numpy()
    leaves = chinese & (rng.random(len(rows)) < 0.5)
    target = choose(rng, np.tile(by_country(values("relabelled_as")), (len(rows), 1)))
    followers = followers.assign(
        origin=np.where(leaves, target, followers["origin"]), look_alike=np.where(leaves, MOVED, RENAMED)
    )
    followers["route"] = np.where(
        leaves, lanes(rng, followers["origin"].to_numpy(), rng.random(len(rows)) < 0.2), followers["route"]
    )
    parties, followers = rename(rng, settings, parties, followers, np.ones(len(rows), dtype=bool))
    followers = followers.assign(
        order=np.where(leaves, 1.0, followers["order"]),
        made=np.where(leaves, followers["origin"], followers["made"]),
    )
    return parties, pd.concat([contracts, followers], ignore_index=True)


def _listings(settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame) -> Pair:
    """Some known makers are listed; their flows end, and a share of them returns under a new name."""
    rng = stream(settings.seed, "listings")
    days = np.array([day_number(day) for day in parameters()["orders"]["listings"]])
    days = days[(days > day_number(settings.start)) & (days < day_number(settings.end))]
    known = np.unique(
        contracts["party"].to_numpy()[contracts["known"] & (contracts["origin"] == countries().index("CN"))]
    )
    count = min(len(known), max(2 * len(days), len(known) // 25)) if len(days) else 0
    listed = rng.choice(known, count, replace=False)
    when = np.full(len(parties), np.iinfo(np.int32).max)
    when[listed] = rng.choice(days, count) if count else 0
    day = when[contracts["party"]]
    rows = np.flatnonzero((day > contracts["first"]) & (day <= contracts["last"]))
    gone = contracts["first"].to_numpy() >= day
    contracts, followers = succeed(rng, contracts, rows, day[rows])
    back = followers[rng.random(len(followers)) < settings.re_emergence].assign(
        mechanism=SHELL_FIRM, known=True
    )
    parties = parties.assign(listed_from=when)
    parties, back = rename(rng, settings, parties, back, np.ones(len(back), dtype=bool))
    fresh = parties["kind"].eq(SHELL) & (np.arange(len(parties)) >= len(when))
    parties["listed_from"] = parties["listed_from"].where(~fresh, np.iinfo(np.int32).max)
    return parties, pd.concat([contracts[~gone], back], ignore_index=True)


def _homonyms(settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame) -> Pair:
    """For each listed party, an honest one elsewhere whose name sounds the same."""
    rng = stream(settings.seed, "homonyms")
    listed = np.flatnonzero(parties["listed_from"] < np.iinfo(np.int32).max)
    chinese = contracts["origin"] == countries().index("CN")
    honest = np.setdiff1d(contracts["party"][chinese & ~contracts["known"]], listed)
    namesakes = rng.permutation(honest)[: len(listed)]
    for column in ("word", "trade"):
        values_ = parties[column].to_numpy(copy=True)
        values_[namesakes] = values_[listed[: len(namesakes)]]
        parties = parties.assign(**{column: values_})
    homonym = contracts["party"].isin(namesakes)
    return parties, contracts.assign(look_alike=contracts["look_alike"].where(~homonym, HOMONYM))

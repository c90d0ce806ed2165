"""What parties do when orders, listings and tariffs come: a contract ends and another, changed one follows it.

The follower keeps importer, seller and consolidator, as real successors do; what changes depends on the mechanism.
Honest flows move too: for tariffs, or because a firm changes its name. They look alike and are not.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from originrisk.data.arrays import Ints, Mask
from originrisk.data.simulation.contracts import (
    BLENDING,
    GOODS_COLUMNS,
    MECHANISMS,
    MISDESCRIBE,
    OPEN,
    PARCELS,
    RELABEL,
    SHELL_FIRM,
    THIRD,
    UNDERVALUE,
    lanes,
)
from originrisk.data.simulation.parties import SHELL, draw_places, seat
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.tables import (
    COTTON,
    FAMILIES,
    MATERIAL_OF,
    MIXED,
    by_country,
    choose,
    countries,
    day_number,
    goods,
    order,
    parameters,
    stream,
    value,
    values,
)

Pair = tuple[pd.DataFrame, pd.DataFrame]
"""Parties and contracts."""

LOOK_ALIKES: Final = ("none", "renamed", "moved_for_tariff", "homonym")
RENAMED, MOVED, HOMONYM = 1, 2, 3


def react(settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame) -> Pair:
    """Parties and contracts after all reactions: orders, then honest moves, then listings."""
    contracts = contracts.assign(mechanism=np.where(contracts["known"], OPEN, contracts["mechanism"]), look_alike=0)
    for step in (_honest_moves, _orders, _listings, _labour_firms, _homonyms):
        parties, contracts = step(settings, parties, contracts)
    return parties, contracts[contracts["last"] >= contracts["first"]].reset_index(drop=True)


def _orders(settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame) -> Pair:
    """Knowing flows turn to evasion: cotton and tomato mostly after the region-wide order, the rest after the UFLPA."""
    rng = stream(settings.seed, "orders")
    late = (rng.random(len(contracts)) < 0.3) | (MATERIAL_OF[contracts["family"]] > 1)
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
    rows = np.flatnonzero(~contracts["known"] & (window > 120) & (rng.random(len(contracts)) < settings.churn))
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
        order=np.where(leaves, 1.0, followers["order"]), made=np.where(leaves, followers["origin"], followers["made"])
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
    back = followers[rng.random(len(followers)) < settings.re_emergence].assign(mechanism=SHELL_FIRM, known=True)
    parties = parties.assign(listed_from=when)
    parties, back = rename(rng, settings, parties, back, np.ones(len(back), dtype=bool))
    fresh = parties["kind"].eq(SHELL) & (np.arange(len(parties)) >= len(when))
    parties["listed_from"] = parties["listed_from"].where(~fresh, np.iinfo(np.int32).max)
    return parties, pd.concat([contracts[~gone], back], ignore_index=True)


def _labour_firms(settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame) -> Pair:
    """Makers of shoes and food listed for labour moved out of Xinjiang: their goods hold no input from there."""
    rng = stream(settings.seed, "labour firms")
    days = [day_number(day) for day in parameters()["orders"]["listings"]]
    days = [day for day in days if order("uflpa") < day < day_number(settings.end)]
    chinese = parties["country"].eq(countries().index("CN")) & parties["kind"].eq(0)
    without = ~parties.index.isin(contracts["maker"][contracts["holds"]])
    makers = np.flatnonzero(
        chinese & without & parties["family"].isin([FAMILIES.index(f) for f in ("footwear", "food")])
    )
    chosen = rng.permutation(makers)[: 2 * len(days)]
    when = parties["listed_from"].to_numpy(copy=True)
    when[chosen] = np.resize(days, len(chosen)) if days else when[chosen]
    return parties.assign(listed_from=when, labour=parties.index.isin(chosen)), contracts


def _homonyms(settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame) -> Pair:
    """For each listed party, an honest one elsewhere whose name sounds the same."""
    rng = stream(settings.seed, "homonyms")
    listed = np.flatnonzero((parties["listed_from"] < np.iinfo(np.int32).max) & ~parties["labour"])
    chinese = contracts["origin"] == countries().index("CN")
    honest = np.setdiff1d(contracts["party"][chinese & ~contracts["known"]], listed)
    namesakes = rng.permutation(honest)[: len(listed)]
    for column in ("word", "trade"):
        values_ = parties[column].to_numpy(copy=True)
        values_[namesakes] = values_[listed[: len(namesakes)]]
        parties = parties.assign(**{column: values_})
    homonym = contracts["party"].isin(namesakes)
    return parties, contracts.assign(look_alike=contracts["look_alike"].where(~homonym, HOMONYM))


def mechanisms(rng: Generator, contracts: pd.DataFrame) -> Ints:
    chinese = (contracts["origin"] == countries().index("CN")).to_numpy()
    tables = parameters()["evasion_by_origin"]
    weights = [np.array([tables[where].get(name, 0.0) for name in MECHANISMS]) for where in ("china", "elsewhere")]
    return choose(rng, np.where(chinese[:, None], *weights))


def conceal(rng: Generator, settings: WorldSettings, parties: pd.DataFrame, flows: pd.DataFrame) -> Pair:
    """Change what is declared, each flow by its mechanism."""
    mechanism = flows["mechanism"].to_numpy()
    chinese = (flows["origin"] == countries().index("CN")).to_numpy()
    abroad = chinese & np.isin(mechanism, (RELABEL, THIRD))
    target = choose(rng, np.tile(by_country(values("relabelled_as")), (len(flows), 1)))
    flows = flows.assign(origin=np.where(abroad, target, flows["origin"]))
    moved = np.isin(mechanism, (RELABEL, THIRD, SHELL_FIRM)) & (abroad | (mechanism == SHELL_FIRM))
    parties, flows = rename(rng, settings, parties, flows, moved)
    through = np.isin(mechanism, (RELABEL, THIRD, BLENDING)) & (rng.random(len(flows)) < settings.lane_strength)
    reroute = abroad | (through & (flows["origin"] != countries().index("CN")))
    route = np.where(reroute, lanes(rng, flows["origin"].to_numpy(), through), flows["route"])
    low, high = value("prices", "undervalued")
    shift = np.where(mechanism == UNDERVALUE, rng.uniform(low, high, len(flows)) * settings.price_strength, 0.0)
    flows = flows.assign(route=route, shift=shift)
    # Cotton declared as a like garment of another fibre.
    table = goods()
    hidden = (flows["mechanism"] == MISDESCRIBE).to_numpy() & (flows["family"] == COTTON).to_numpy()
    like = np.flatnonzero((table["family"] == MIXED) & (table["unit"] == "DOZ"))
    for name in GOODS_COLUMNS:
        declared = like[rng.integers(0, len(like), len(flows))]
        flows = flows.assign(**{name: np.where(hidden, declared, flows[name])})
    # Many small entries of one line in place of few large ones.
    parcel = flows["mechanism"] == PARCELS
    return parties, flows.assign(
        lines=flows["lines"].where(~parcel, 1.0),
        size=flows["size"].where(~parcel, -3.2),
        weight=flows["weight"].where(~parcel, flows["weight"] * 1.6),
    )


def succeed(rng: Generator, contracts: pd.DataFrame, rows: Ints, day: Ints) -> Pair:
    """End the contracts of `rows` on `day`; their followers begin some weeks later with the weight of the rest."""
    first, last = contracts["first"].to_numpy(copy=True), contracts["last"].to_numpy(copy=True)
    follow = np.minimum(day + rng.integers(5, 60, len(rows)), last[rows]).astype(np.int32)
    rest = (last[rows] - follow + 1) / (last[rows] - first[rows] + 1)
    weight = contracts["weight"].to_numpy(copy=True)
    followers = contracts.iloc[rows].assign(
        first=follow, weight=weight[rows] * rest, before=contracts["party"].to_numpy()[rows]
    )
    weight[rows] *= 1 - rest
    last[rows] = day - 1
    return contracts.assign(last=last, weight=weight), followers


def rename(rng: Generator, settings: WorldSettings, parties: pd.DataFrame, flows: pd.DataFrame, moved: Mask) -> Pair:
    """A new party for each flow that moved; flows of one maker to one country share it."""
    rows = np.flatnonzero(moved)
    key = flows["maker"].to_numpy()[rows] * len(countries()) + flows["origin"].to_numpy()[rows]
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    old = parties.iloc[flows["party"].to_numpy()[rows][first]].reset_index(drop=True)
    country = flows["origin"].to_numpy()[rows][first]
    fresh = seat(rng, old.assign(kind=SHELL, country=country))
    stays = (old["country"] == country).to_numpy() & (rng.random(len(old)) < 0.7)
    elsewhere = draw_places(rng, country, np.zeros(len(old), dtype=bool))
    fresh["place"] = np.where(stays, old["place"], elsewhere)
    neighbour = stays & (rng.random(len(old)) < 0.3 + 0.5 * settings.link_strength)
    for column in ("street", "house", "postal"):
        fresh[column] = np.where(neighbour, old[column], fresh[column])
    party = flows["party"].to_numpy(copy=True)
    party[rows] = len(parties) + place
    return pd.concat([parties, fresh], ignore_index=True), flows.assign(party=party)

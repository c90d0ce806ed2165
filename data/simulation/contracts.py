"""Standing relations: who sells what to whom, from when to when, over which lane. Lines are drawn from them later.

A contract is a row. Who: `maker` (makes the goods), `party` (is declared), `seller`, `consolidator`, `importer`,
`consignee`, `filer`. What: `family`, `goods_0` to `goods_3`, `origin` as declared, `made` (where truly), `route`.
When: `first` and `last` day, `weight` (share of lines). Hidden: `holds` (its family's material at all), `known` (its
parties know of Xinjiang inputs), `order` in [0, 1) (small: cleans up last), `mechanism`, `shift` of the log price,
`before` (party of the contract it follows). Written: `spelling`, `style`, `lines` of an entry, `size`.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from originrisk.data.arrays import Floats, Ints, Mask
from originrisk.data.simulation.parties import CONSOLIDATOR, SELLER, spread
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.tables import (
    COTTON,
    FAMILIES,
    MIXED,
    TOMATO,
    choose,
    choose_group,
    countries,
    day_number,
    draw_days,
    goods,
    origin_shares,
    places,
    routes,
    stream,
    values,
)

MECHANISMS: Final = (
    "none",
    "unwitting",
    "open",
    "blending",
    "third_country",
    "relabelling",
    "shell",
    "undervaluation",
    "misdescription",
    "parcel_split",
)
NONE, UNWITTING, OPEN, BLENDING, THIRD, RELABEL, SHELL_FIRM, UNDERVALUE, MISDESCRIBE, PARCELS = range(10)
_GOLDEN: Final = 0.618_033_989
GOODS_COLUMNS: Final = ("goods_0", "goods_1", "goods_2", "goods_3")
"""Kinds of goods a contract covers, the main one first."""


def make_contracts(settings: WorldSettings, parties: pd.DataFrame) -> pd.DataFrame:
    """All contracts as they would run if no order and no tariff ever came."""
    rng = stream(settings.seed, "contracts")
    count = int(4.0 * (parties["kind"] == 0).sum())
    start, end = day_number(settings.start), day_number(settings.end)
    family = rng.choice(len(FAMILIES), count, p=_line_shares(settings))
    born = rng.integers(start - 700, end + 1, count)
    died = born + 60 + rng.exponential(800, count).astype(int)
    frame = pd.DataFrame({"family": family, "first": np.maximum(born, start), "last": np.minimum(died, end)})
    frame["weight"] = rng.lognormal(0, 1.0, count) * (frame["last"] - frame["first"] + 1)
    frame = frame[frame["last"] >= frame["first"]].reset_index(drop=True).astype({"first": "int32", "last": "int32"})
    frame = _makers(rng, parties, frame)
    # What no declaration shows: who holds the material, who knows.
    holds = np.array([values("goods_with_input").get(name, 0.0) for name in FAMILIES])
    held = rng.random(len(frame)) < holds[frame["family"].to_numpy()]
    inside = places()["xinjiang"].to_numpy()[parties["place"].to_numpy()[frame["maker"]]]
    known = held & (inside | (rng.random(len(frame)) < settings.knowing_share))
    frame = frame.assign(holds=held, known=known, mechanism=NONE, shift=0.0, before=-1)
    frame = _channels(rng, settings, parties, frame)
    # Who cleans up first: a policy of the maker, or of the importer for all it buys, or of the contract alone.
    importer = spread(frame["importer"].to_numpy(), _GOLDEN, rng.random())
    firm = np.where(rng.random(len(frame)) < 0.5, parties["policy"].to_numpy()[frame["maker"]], importer)
    alone = rng.random(len(frame)) > settings.supplier_persistence
    frame = frame.assign(order=np.where(alone, rng.random(len(frame)), firm))
    # How it is written: goods covered, usual spelling, style of description, lines of an entry.
    of, all_of = frame["family"].to_numpy(), goods()["family"].to_numpy()
    kept = {name: choose_group(rng, of, all_of, np.ones(len(all_of))) for name in GOODS_COLUMNS}
    count = len(frame)
    frame = frame.assign(
        **kept,
        spelling=(8 * rng.random(count) ** 1.7).astype(np.int64),
        style=rng.integers(0, 8, count),
        lines=1 + rng.gamma(1.5, 1.2, count),
        size=rng.normal(0, 0.8, count),
    )
    return rescale(settings, frame)


def _line_shares(settings: WorldSettings) -> Floats:
    share = np.array(list(values("line_shares").values()))
    scope = np.isin(np.arange(len(share)), (COTTON, MIXED, TOMATO))
    share[scope] *= settings.scope_share / share[scope].sum()
    share[~scope] *= (1 - settings.scope_share) / share[~scope].sum()
    return share


def rescale(settings: WorldSettings, frame: pd.DataFrame) -> pd.DataFrame:
    """Weights such that each family has its share of the lines."""
    total = frame.groupby("family")["weight"].transform("sum")
    return frame.assign(weight=frame["weight"] / total * _line_shares(settings)[frame["family"]])


def _makers(rng: Generator, parties: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Origin by the family's trade of the day; the maker within its cell, the large ones far more often."""
    middle = draw_days(rng, frame["first"].to_numpy(), frame["last"].to_numpy())
    origin = np.zeros(len(frame), dtype=np.int64)
    for family in range(len(FAMILIES)):
        mask = (frame["family"] == family).to_numpy()
        origin[mask] = choose(rng, origin_shares(family, middle[mask]))
    cell = (parties["family"] * len(countries()) + parties["country"]).where(parties["kind"] == 0, -1)
    wanted = frame["family"].to_numpy() * len(countries()) + origin
    size = np.power(parties.groupby(cell).cumcount().to_numpy(dtype=np.float64) + 1, -0.8, dtype=np.float64)
    maker = choose_group(rng, wanted, cell.to_numpy(), size)
    return frame.assign(origin=origin, made=origin, maker=maker, party=maker)


def _channels(rng: Generator, settings: WorldSettings, parties: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Seller, consolidator, importer, filer and lane. Knowing flows lean to a few houses, which serve others too."""
    count = len(frame)
    abroad = (frame["origin"] != countries().index("CN")).to_numpy()
    narrow = frame["known"].to_numpy() & (rng.random(count) < settings.link_strength)
    bound = parties["dependence"].to_numpy()[frame["maker"]] * frame["holds"].to_numpy()
    through_trader = rng.random(count) < 0.12 + 0.5 * bound + 0.2 * narrow
    seller = np.where(through_trader, _house(rng, parties, SELLER, narrow), frame["maker"])
    importers = max(60, int(0.45 * (parties["kind"] == 0).sum()))
    importer = (importers * rng.random(count) ** 1.6).astype(np.int64)
    home = (importer * 7919 + frame["family"].to_numpy() * 104_729) % importers
    importer = np.where(rng.random(count) < 0.85, home, importer)
    filers = min(220, 12 + importers // 25)
    filer = np.where(rng.random(count) < 0.85, (importer * 31) % filers, rng.integers(0, filers, count))
    return frame.assign(
        seller=seller,
        consolidator=_house(rng, parties, CONSOLIDATOR, narrow),
        importer=importer,
        filer=filer,
        route=lanes(rng, frame["origin"].to_numpy(), rng.random(count) < settings.lane_strength * bound * abroad),
        consignee=np.where(rng.random(count) < 0.86, importer, rng.integers(0, importers, count)),
        related=parties["related"].to_numpy(dtype=bool)[frame["maker"]] & (rng.random(count) < 0.7),
    )


def _house(rng: Generator, parties: pd.DataFrame, kind: int, narrow: Mask) -> Ints:
    houses = np.flatnonzero(parties["kind"] == kind)
    few = max(3, len(houses) // 12)
    some = (len(houses) * rng.random(len(narrow)) ** 1.4).astype(int)
    return houses[np.where(narrow, rng.integers(0, few, len(narrow)), some)]


def lanes(rng: Generator, origin: Ints, through_china: Mask) -> Ints:
    """A route of each origin; those `through_china` are laden in China where such a route exists."""
    table = routes()
    weight = table["weight"].to_numpy()
    usual = choose_group(rng, origin, table["origin"].to_numpy(), weight)
    chinese = ((table["export"] == "CN") | (table["export"] == "HK")).to_numpy()
    able = through_china & np.isin(origin, table["origin"].to_numpy()[chinese])
    key = np.where(chinese, table["origin"].to_numpy(), -1)
    usual[able] = choose_group(rng, origin[able], key, weight)
    return usual

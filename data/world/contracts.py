"""Standing relations: who sells what to whom, from when to when, over which lane. Lines are drawn from them later.

A contract is a row. Who: `maker` (makes the goods), `party` (is declared), `seller`, `consolidator`, `importer`,
`consignee`, `filer`. What: `family`, `goods_0` to `goods_3`, `origin` as declared, `made` (where truly), `route`.
When: `first` and `last` day, `weight` (share of lines). Hidden: `cotton` (holds cotton or tomato at all), `known` (its
parties know of Xinjiang inputs), `order` in [0, 1) (small: cleans up last), `mechanism`, `shift` of the log price,
`before` (party of the contract it follows). Written: `spelling`, `style`, `lines` of an entry, `size`.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from originrisk.data.world.catalogue import (
    COTTON,
    FAMILIES,
    MIXED,
    TOMATO,
    choose,
    choose_group,
    countries,
    goods,
    origin_shares,
    places,
)
from originrisk.data.world.channels import channels
from originrisk.data.world.clock import day_number, draw_days, stream
from originrisk.data.world.parameters import values
from originrisk.data.world.parties import spread
from originrisk.data.world.settings import WorldSettings

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
    frame = _windows(rng, settings, int(4.0 * (parties["kind"] == 0).sum()))
    frame = _makers(rng, parties, frame)
    frame = _hidden(rng, settings, parties, frame)
    frame = channels(rng, settings, parties, frame)
    frame = _resolve(rng, settings, parties, frame)
    frame = _writing(rng, frame)
    return rescale(settings, frame)


def _windows(rng: np.random.Generator, settings: WorldSettings, count: int) -> pd.DataFrame:
    start, end = day_number(settings.start), day_number(settings.end)
    family = rng.choice(len(FAMILIES), count, p=_line_shares(settings))
    born = rng.integers(start - 700, end + 1, count)
    died = born + 60 + rng.exponential(800, count).astype(int)
    frame = pd.DataFrame({"family": family, "first": np.maximum(born, start), "last": np.minimum(died, end)})
    frame["weight"] = rng.lognormal(0, 1.0, count) * (frame["last"] - frame["first"] + 1)
    return (
        frame[frame["last"] >= frame["first"]]
        .reset_index(drop=True)
        .astype({"first": "int32", "last": "int32"})
    )


def _line_shares(settings: WorldSettings) -> NDArray[np.float64]:
    share = np.array(list(values("line_shares").values()))
    scope = np.isin(np.arange(len(share)), (COTTON, MIXED, TOMATO))
    share[scope] *= settings.scope_share / share[scope].sum()
    share[~scope] *= (1 - settings.scope_share) / share[~scope].sum()
    return share


def rescale(settings: WorldSettings, frame: pd.DataFrame) -> pd.DataFrame:
    """Weights such that each family has its share of the lines."""
    total = frame.groupby("family")["weight"].transform("sum")
    return frame.assign(weight=frame["weight"] / total * _line_shares(settings)[frame["family"]])


def _makers(rng: np.random.Generator, parties: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
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


def _hidden(
    rng: np.random.Generator, settings: WorldSettings, parties: pd.DataFrame, frame: pd.DataFrame
) -> pd.DataFrame:
    """What no declaration shows: who holds cotton, who knows, who would clean up first."""
    family = frame["family"].to_numpy()
    holds = np.array([values("goods_with_cotton").get(name, 0.0) for name in FAMILIES])
    fibre = rng.random(len(frame)) < holds[family]
    inside = places()["xinjiang"].to_numpy()[parties["place"].to_numpy()[frame["maker"]]]
    known = fibre & (inside | (rng.random(len(frame)) < settings.knowing_share))
    return frame.assign(cotton=fibre, known=known, mechanism=NONE, shift=0.0, before=-1)


def _resolve(
    rng: np.random.Generator, settings: WorldSettings, parties: pd.DataFrame, frame: pd.DataFrame
) -> pd.DataFrame:
    """Who cleans up first: a policy of the maker, or of the importer for all it buys, or of the contract alone."""
    maker = parties["policy"].to_numpy()[frame["maker"]]
    importer = spread(frame["importer"].to_numpy(), _GOLDEN, rng.random())
    firm = np.where(rng.random(len(frame)) < 0.5, maker, importer)
    alone = rng.random(len(frame)) > settings.supplier_persistence
    return frame.assign(order=np.where(alone, rng.random(len(frame)), firm))


def _writing(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """How a contract is written: goods covered, usual spelling, style of description, lines of an entry."""
    count = len(frame)
    family = goods()["family"].to_numpy()
    kept = {
        name: choose_group(rng, frame["family"].to_numpy(), family, np.ones(len(family)))
        for name in GOODS_COLUMNS
    }
    return frame.assign(
        **kept,
        spelling=(8 * rng.random(count) ** 1.7).astype(np.int64),
        style=rng.integers(0, 8, count),
        lines=1 + rng.gamma(1.5, 1.2, count),
        size=rng.normal(0, 0.8, count),
    )

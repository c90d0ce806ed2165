"""Who feeds whom: lots of each material from the regions of farms and smelters to the makers. Mass is conserved.

A stage says which lots of the stage before went into each of its lots, and in which shares. Composition runs
forwards, mass demanded runs backwards; both are linear, so what leaves the farms is what the goods hold plus waste.
Mills (of metals and plastics: smelters, plants, rollers) are ordinary Chinese, certified Chinese (kept apart) or
foreign. A mill keeps its partners over the years; a maker's goods are exposed because its mills' inputs are.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from originrisk.data.arrays import Floats, Ints, Mask
from originrisk.data.simulation.parties import persistent
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.tables import (
    FAMILIES,
    MATERIAL_OF,
    MATERIALS,
    day_number,
    half_year,
    interpolated,
    places,
    stream,
    value,
    values,
)

_ORIGINS: Final = {
    "cotton": (
        ("Aksu", "Kashgar", "Bayingolin", "Tacheng", "Changji", "XPCC south", "XPCC north"),
        ("Yellow River", "Yangtze"),
        ("US", "BR", "IN", "AU", "UZ", "West Africa"),
    ),
    **dict.fromkeys(MATERIALS[1:], (("Xinjiang",), ("China",), ("world",))),
}
"""Where each material comes from: of Xinjiang, of the rest of China, of the world."""
REGIONS: Final = tuple(
    f"{prefix} {material} {place}"
    for material, groups in _ORIGINS.items()
    for prefix, places_ in zip(("XJ", "CN", "XX"), groups, strict=True)
    for place in places_
)
IN_XINJIANG: Final = np.array([region.startswith("XJ") for region in REGIONS])
IN_CHINA: Final = np.array([not region.startswith("XX") for region in REGIONS])
_KINDS: Final = tuple(
    np.array([region.startswith(f"{prefix} {material} ") for region in REGIONS])
    for material in MATERIALS
    for prefix in ("XJ", "CN", "XX")
)
"""Kinds of trader lots, three of each material: of Xinjiang, of the rest of China, of the world."""
ROLES: Final = 3
ORDINARY, CERTIFIED, FOREIGN = range(ROLES)
"""Roles of mills and plants; a mill's class is its material's code times ROLES, plus its role."""
LOTS: Final = 3
"""Ints that a mill makes in a half-year."""
OPEN_LOTS, APART_LOTS = 3, 2
"""Ints that a maker makes in a half-year: of its usual inputs, and of inputs kept apart from Xinjiang."""
NEAR: Final = 0.15
"""Part of all mills of a class that the makers of one town buy from."""
TRADERS: Final = 40
"""Trader lots of each kind in a half-year."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Ints made of lots: `inputs` (n, k) index the stage before, `shares` (n, k) add up to 1 in each row."""

    inputs: Ints
    shares: Floats
    yields: Floats
    """Mass out for mass in, of each lot."""

    def forwards(self, before: Floats) -> Floats:
        """Composition of this stage's lots by region, from that of the stage before."""
        mixed: Floats = np.zeros((len(self.inputs), before.shape[1]))
        for place in range(self.inputs.shape[1]):
            mixed += self.shares[:, place, None] * before[self.inputs[:, place]]
        return mixed

    def backwards(self, mass: Floats, lots_before: int) -> Floats:
        """Mass asked of each lot of the stage before, so that this stage's lots weigh `mass`."""
        asked = (mass / self.yields)[:, None] * self.shares
        total: Floats = np.bincount(self.inputs.ravel(), asked.ravel(), lots_before).astype(np.float64)
        return total


@dataclass(frozen=True, slots=True)
class SupplyChain:
    """Stages in order, from the farms' regions on."""

    stages: tuple[Stage, ...]

    def composition(self) -> Floats:
        """Share of each region in the lots of the last stage; rows add up to 1."""
        lots = np.eye(len(REGIONS))
        for stage in self.stages:
            lots = stage.forwards(lots)
        return lots

    def farm_mass(self, mass: Floats) -> Floats:
        """Mass that each region's farms must give so that the last stage's lots weigh `mass`."""
        sizes = [len(REGIONS), *(len(stage.inputs) for stage in self.stages)]
        for stage, before in zip(reversed(self.stages), reversed(sizes[:-1]), strict=True):
            mass = stage.backwards(mass, before)
        return mass


def shares(rng: Generator, count: int, inputs: int, single: float) -> Floats:
    """Shares of `inputs` lots in each lot: all from the first with chance `single`, else as it falls."""
    drawn = rng.dirichlet(np.full(inputs, 2.0), count)
    drawn[rng.random(count) < single] = np.eye(inputs)[0]
    return drawn


@dataclass(frozen=True, slots=True)
class Sourcing:
    """The chain up to the makers' lots, and where a maker's lots of a half-year lie in its last stage."""

    chain: SupplyChain
    composition: Floats
    first_half: int
    halves: int
    row_of_party: Ints
    """Row of a maker in the last stage; −1 for parties that work no such material."""

    def lots(self, party: Ints, half: Ints, apart: Mask, pick: Floats) -> Ints:
        """A lot of each maker in each half-year: `apart` says from which pool, `pick` in [0, 1) which one."""
        start = self.pool(party, half)
        return start + np.where(apart, OPEN_LOTS + (pick * APART_LOTS).astype(int), (pick * OPEN_LOTS).astype(int))

    def pool(self, party: Ints, half: Ints) -> Ints:
        """First lot of each maker in each half-year; open lots come first, those kept apart behind."""
        position = np.clip(half - self.first_half, 0, self.halves - 1)
        return (self.row_of_party[party] * self.halves + position) * (OPEN_LOTS + APART_LOTS)

    def exposed(self) -> Mask:
        """Which lots hold anything from Xinjiang."""
        result: Mask = self.composition[:, IN_XINJIANG].sum(axis=1) > 0
        return result


def make_sourcing(settings: WorldSettings, parties: pd.DataFrame) -> Sourcing:
    """All lots of all mills and makers for the settings' period, and half a year before it."""
    rng = stream(settings.seed, "sourcing")
    users = np.flatnonzero(parties["family"].isin([FAMILIES.index(name) for name in values("goods_with_input")]))
    first, last = half_year(np.array([day_number(settings.start) - 183, day_number(settings.end)]))
    halves = int(last - first + 1)
    of_material = np.bincount(MATERIAL_OF[parties["family"].to_numpy()[users]], minlength=len(MATERIALS))
    spinners, weavers = _mills(of_material // 14), _mills(of_material // 9)
    stages = (
        _trader_lots(rng, halves),
        _spinner_lots(rng, settings, spinners, int(first), halves),
        _weaver_lots(rng, spinners, weavers, halves),
        _maker_lots(rng, parties.iloc[users], weavers, halves),
    )
    chain = SupplyChain(stages)
    row_of_party = np.full(len(parties), -1)
    row_of_party[users] = np.arange(len(users))
    return Sourcing(chain, chain.composition(), int(first), halves, row_of_party)


def _mills(size: Ints) -> Ints:
    """Class of each mill, from the number of mills that each material's makers ask for."""
    least = np.where(np.arange(len(MATERIALS)) == 0, 40, 8)
    return np.repeat(
        np.arange(len(MATERIALS) * ROLES),
        np.stack([least + size, least // 2 + size // 2, least + size], axis=1).ravel(),
    )


def _trader_lots(rng: Generator, halves: int) -> Stage:
    kind = np.tile(np.repeat(np.arange(len(_KINDS)), TRADERS), halves)
    weights = np.stack([mask / mask.sum() for mask in _KINDS])[kind]
    edges = weights.cumsum(axis=1)[:, None, :]
    regions = (rng.random((len(kind), 2, 1)) > edges).sum(axis=2)
    return Stage(regions, shares(rng, len(kind), 2, 0.5), np.ones(len(kind)))


def _owner(count: int, halves: int, lots: int) -> tuple[Ints, Ints]:
    """Firm and half-year of each lot, in the order (firm, half-year, lot)."""
    return np.repeat(np.arange(count), halves * lots), np.tile(np.repeat(np.arange(halves), lots), count)


def _spinner_lots(rng: Generator, settings: WorldSettings, spinners: Ints, first: int, halves: int) -> Stage:
    firm, half = _owner(len(spinners), halves, LOTS)
    middles = ((first + half) * 6 + 3).astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)
    material, role = np.divmod(spinners[firm], ROLES)
    used = np.stack([interpolated(value("xinjiang_share_of_use", name), middles) for name in MATERIALS])
    share = used[material, np.arange(len(firm))]
    taste = persistent(rng.random(len(spinners)), np.full(len(spinners), 0.5), max(settings.supplier_persistence, 0.4))[
        firm
    ]
    usual = np.clip(np.where(taste > 0.5, taste**0.3, taste) * share / 0.62, 0, 0.98)
    leak, foreign = value("fibre", "certified_leak"), value("fibre", "foreign_leak")
    inside = np.select([role == ORDINARY, role == CERTIFIED], [usual, leak], foreign)
    # of Xinjiang (0), of the rest of China (1) or of the world (2): each of the two inputs of a lot
    elsewhere = np.where(rng.random((len(role), 2)) < np.where(role == FOREIGN, 0.02, 0.45)[:, None], 1, 2)
    kinds = material[:, None] * 3 + np.where(rng.random((len(role), 2)) < inside[:, None], 0, elsewhere)
    lots = (half[:, None] * len(_KINDS) + kinds) * TRADERS + rng.integers(0, TRADERS, kinds.shape)
    yields = _yields(material, "spin_yield")
    return Stage(lots, shares(rng, len(firm), 2, 0.1), yields)


def _yields(material: Ints, stage: str) -> Floats:
    """Mass out for mass in: of cotton by stage, of tomatoes in the paste plant, of all else whole."""
    paste = value("fibre", "paste_yield") if stage == "spin_yield" else 1.0
    result: Floats = np.select([material == 0, material == 1], [value("fibre", stage), paste], 1.0)
    return result


def _partners(rng: Generator, mills: Ints, wanted: Ints, near: Floats, count: int) -> Ints:
    """`count` lasting partners of a wanted class for each firm; firms `near` each other (in [0, 1)) share them."""
    order = np.argsort(mills, kind="stable")
    first, last = np.searchsorted(mills[order], wanted), np.searchsorted(mills[order], wanted, side="right")
    reach = (near[:, None] + NEAR * rng.random((len(wanted), count))) % 1 * (last - first)[:, None]
    result: Ints = order[first[:, None] + reach.astype(int)]
    return result


def _weaver_lots(rng: Generator, spinners: Ints, weavers: Ints, halves: int) -> Stage:
    firm, half = _owner(len(weavers), halves, LOTS)
    partners = _partners(rng, spinners, weavers, rng.random(len(weavers)), 2)[firm]
    lots = (partners * halves + half[:, None]) * LOTS + rng.integers(0, LOTS, partners.shape)
    return Stage(lots, shares(rng, len(firm), 2, 0.6), _yields(weavers[firm] // ROLES, "fabric_yield"))


def _maker_lots(rng: Generator, makers: pd.DataFrame, weavers: Ints, halves: int) -> Stage:
    firm, half = _owner(len(makers), halves, OPEN_LOTS + APART_LOTS)
    apart = np.tile(np.arange(OPEN_LOTS + APART_LOTS) >= OPEN_LOTS, len(makers) * halves)
    material = MATERIAL_OF[makers["family"].to_numpy()]
    town = rng.random(len(places()))[makers["place"]]
    partners = np.stack([_partners(rng, weavers, material * ROLES + role, town, 2) for role in range(ROLES)])
    shape = (len(firm), 2)
    bound = rng.random(shape) < makers["dependence"].to_numpy()[firm, None]
    role = np.where(bound, np.where(apart, CERTIFIED, ORDINARY)[:, None], FOREIGN)
    chosen = partners[role, firm[:, None], rng.integers(0, 2, shape)]
    lots = (chosen * halves + half[:, None]) * LOTS + rng.integers(0, LOTS, shape)
    return Stage(lots, shares(rng, len(firm), 2, 0.45), _yields(material[firm], "cut_yield"))

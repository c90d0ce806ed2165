"""What happened, as numbers: entry lines drawn from contracts, and their prices. Declarations and findings read it.

Frame of the lines, one row a line in order of entry: `contract`, `shipment`, `line`, `day`, `goods` (as made),
`declared` (goods as declared), `lot`, `second` and `part` (the lots it was cut from and the first one's share),
`fraction` of Xinjiang input, `exposed` (y), `chance` (of y given every latent fact but the lot), `mechanism`,
`quantity`, `value`, `weight`.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from originrisk.data.arrays import Floats, Ints, Mask
from originrisk.data.reference import materials
from originrisk.data.simulation.contracts import BLENDING, GOODS_COLUMNS, NONE, OPEN, PARCELS, UNWITTING, make_contracts
from originrisk.data.simulation.parties import make_parties
from originrisk.data.simulation.reactions import react
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.supply_chain import APART_LOTS, IN_XINJIANG, OPEN_LOTS, Sourcing, make_sourcing
from originrisk.data.simulation.tables import (
    COTTON,
    FAMILIES,
    MATERIAL_OF,
    MIXED,
    SECTORS,
    by_country,
    by_day,
    draw_days,
    goods,
    half_year,
    stream,
    value,
    values,
)

LEAD_DAYS: Final = 75
"""Days between the lot of cloth and the entry of the goods made of it."""
LEAK: Final = 0.01
"""Chance that a line kept apart is cut from a usual lot by mistake."""
_COTTON_CONTENT: Final = np.array([1.0, 1.0, 1.0, 1.0, 0.95, 0.95, 0.8, 0.6])
_BLEND_CONTENT: Final = np.array([0.5, 0.4, 0.35, 0.45, 0.3, 0.2, 0.4, 0.55])
"""Cotton by weight of fibre, by the contract's style; `descriptions` names the same shares."""
_GOODS_MIX: Final = np.array([0.55, 0.25, 0.13, 0.07])


def make_lines(settings: WorldSettings, contracts: pd.DataFrame, sourcing: Sourcing) -> pd.DataFrame:
    """Exactly `settings.lines` lines."""
    rng = stream(settings.seed, "lines")
    chance = contracts["weight"].to_numpy() / contracts["lines"].to_numpy()
    mean = contracts["weight"].sum() / chance.sum()
    count = int(settings.lines / mean * 1.1) + 100
    contract = rng.choice(len(contracts), count, p=chance / chance.sum())
    size = 1 + rng.poisson(contracts["lines"].to_numpy()[contract] - 1)
    kept = np.searchsorted(np.cumsum(size), settings.lines, side="left") + 1
    contract, size = contract[:kept], size[:kept]
    size[-1] -= size.sum() - settings.lines
    day = draw_days(rng, contracts["first"].to_numpy()[contract], contracts["last"].to_numpy()[contract])
    order = np.argsort(day, kind="stable")
    contract, size, day = contract[order], size[order], day[order]
    shipment = np.repeat(np.arange(kept, dtype=np.int32), size)
    line = np.arange(settings.lines) - np.repeat(np.cumsum(size) - size, size) + 1
    lines = pd.DataFrame(
        {"contract": contract[shipment], "shipment": shipment, "line": line.astype(np.int32), "day": day[shipment]}
    )
    # The declared goods of a contract, and the goods truly made: they differ where fibre is misdescribed.
    place = np.searchsorted(_GOODS_MIX.cumsum(), rng.random(len(lines)) * 0.999)
    declared = contracts[list(GOODS_COLUMNS)].to_numpy()[lines["contract"], place]
    family = contracts["family"].to_numpy()[lines["contract"]]
    cotton = np.flatnonzero((goods()["family"] == COTTON) & (goods()["unit"] == "DOZ"))
    hidden = (family == COTTON) & (goods()["family"].to_numpy()[declared] != COTTON)
    made = np.where(hidden, cotton[declared % len(cotton)], declared)
    return _cut(settings, contracts, sourcing, lines.assign(goods=made, declared=declared))


def _cut(settings: WorldSettings, contracts: pd.DataFrame, sourcing: Sourcing, lines: pd.DataFrame) -> pd.DataFrame:
    """Lines with their lots (`lot`, `second`, `part`), `fraction`, `exposed`, `chance`, `mechanism`.

    `usual`: cut from the maker's usual inputs; `apart`: of the material, and meant to be kept apart from Xinjiang.
    """
    rng = stream(settings.seed, "lots")
    rows = contracts.iloc[lines["contract"]]
    held = rows["holds"].to_numpy(dtype=bool)
    day = lines["day"].to_numpy()
    early = np.isin(MATERIAL_OF[rows["family"]], (0, 1))
    kept = 1 - np.where(early, by_day("avoidance", day), by_day("avoidance_of_sectors", day))
    # Place in the order of cleaning up: the contract's; where firms turn over, drawn anew each half-year.
    half = half_year(day)
    drawn = stream(settings.seed, "turnover").random(
        (2, int(lines["contract"].max()) + 1, int(half.max() - half.min()) + 1)
    )
    anew, order = drawn[:, lines["contract"], half - half.min()]
    order = np.where(anew < settings.turnover, order, rows["order"].to_numpy())
    usual = held & (order < settings.prevalence * kept)
    lines = lines.assign(usual=usual, apart=held & ~usual)
    lines["mechanism"] = np.where(usual, rows["mechanism"].to_numpy(), NONE)
    # The lot of each line and, for blends, one kept apart that it is mixed with; and the chance of exposure.
    maker = rows["maker"].to_numpy()
    count = len(lines)
    half = half_year(lines["day"].to_numpy() - LEAD_DAYS)
    kept_apart = ~lines["usual"].to_numpy() & (rng.random(count) > LEAK)
    blend = (lines["mechanism"] == BLENDING).to_numpy()
    # Which lot: most lines of a shipment are cut from one.
    shipped = rng.random(int(lines["shipment"].iloc[-1]) + 1)[lines["shipment"]]
    pick = np.where(rng.random(len(lines)) < 0.7, shipped, rng.random(len(lines)))
    lot = sourcing.lots(maker, half, kept_apart, pick)
    second = sourcing.lots(maker, half, np.ones(count, dtype=bool), rng.random(count))
    # P(any Xinjiang input) before the lots are drawn, what is in them known.
    inside_any = sourcing.exposed().reshape(-1, OPEN_LOTS + APART_LOTS)[
        sourcing.pool(maker, half) // (OPEN_LOTS + APART_LOTS)
    ]
    open_, apart = inside_any[:, :OPEN_LOTS].mean(axis=1), inside_any[:, OPEN_LOTS:].mean(axis=1)
    either = np.where(blend, 1 - (1 - open_) * (1 - apart), open_)
    chance = np.where(lines["usual"].to_numpy(), either, (1 - LEAK) * apart + LEAK * open_)
    lines = lines.assign(
        lot=np.where(held, lot, -1),
        second=np.where(held, second, -1),
        part=np.where(blend, rng.uniform(0.08, 0.35, count), 1.0),
        chance=np.where(held, chance, 0.0),
    )
    # Xinjiang share of the cotton or tomatoes in each line.
    inside = sourcing.composition[:, IN_XINJIANG].sum(axis=1)
    part = lines["part"].to_numpy()
    mixed = part * inside[lines["lot"]] + (1 - part) * inside[lines["second"]]
    fraction = np.where(lines["lot"] >= 0, mixed, 0.0)
    # Share of the material in the goods: of cotton by style and family; a little in goods that only hold some.
    family, style = rows["family"].to_numpy(), rows["style"].to_numpy()
    content = np.select(
        [family == COTTON, family == MIXED, SECTORS[family]],
        [_COTTON_CONTENT[style], _BLEND_CONTENT[style], 1.0],
        _BLEND_CONTENT[style] / 4,
    )
    lines["fraction"] = fraction * content * held
    lines["exposed"] = lines["fraction"] > 0
    innocent = np.where(lines["mechanism"] == NONE, UNWITTING, lines["mechanism"])
    return lines.assign(mechanism=np.where(lines["exposed"], innocent, NONE))


def is_evasion(mechanism: Ints) -> Mask:
    """Mechanisms by which parties who know conceal."""
    return mechanism > OPEN


PARCEL_LIMIT = 800.0
"""Value in dollars up to which a parcel is free of duty (19 U.S.C. 1321)."""


def price(settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Lines with true `quantity`, `unit_value`, `value` in dollars and `weight` in kg; no error of keying yet.

    The second and third line of some shipments are a `component` of a set, whose value stands with the first.
    """
    rng = stream(settings.seed, "prices")
    table = goods()
    row = lines["contract"].to_numpy()
    unit_value = np.exp(_log_unit_value(rng, settings, parties, contracts, lines))
    size = contracts["size"].to_numpy()[row]
    great = np.array([values("value_of_line").get(name, 1.0) for name in FAMILIES])[contracts["family"]][row]
    target = great * np.exp(8.6 + size + rng.normal(0, 0.8, len(lines)))
    parcel = (contracts["mechanism"].to_numpy() == PARCELS)[row]
    target = np.where(parcel, np.minimum(target, rng.uniform(0.2, 1.0, len(lines)) * PARCEL_LIMIT), target)
    quantity = np.maximum(np.round(target / unit_value), 1.0)
    kg = table["kg"].to_numpy()[lines["goods"]]
    build = stream(settings.seed, "weights").normal(0, 0.12, len(parties))[contracts["maker"].to_numpy()[row]]
    weight = quantity * kg * 1.08 * np.exp(build + rng.normal(0, 0.1, len(lines)))
    worth = np.round(quantity * unit_value, 0).clip(1)
    place, shipment = lines["line"].to_numpy(), lines["shipment"].to_numpy()
    set_of = stream(settings.seed, "sets").random(int(shipment.max()) + 1) < value("special", "sets")
    component = set_of[shipment] & np.isin(place, (2, 3))
    in_header = np.bincount(shipment, worth * component)
    worth = np.where(component, 0.0, worth + np.where(place == 1, in_header[shipment], 0.0))
    return lines.assign(
        quantity=quantity, unit_value=unit_value, value=worth, weight=np.round(weight, 1), component=component
    )


def _log_unit_value(
    rng: Generator, settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame, lines: pd.DataFrame
) -> Floats:
    row = lines["contract"].to_numpy()
    family = contracts["family"].to_numpy()[row]
    fibre = np.isin(family, (COTTON, MIXED))
    importer = rng.normal(0, value("prices", "importer_sd"), int(contracts["importer"].max()) + 1)
    base = np.log(goods()["usd"].to_numpy())[lines["goods"]]
    made = by_country(value("prices", "origin"))[contracts["made"].to_numpy()[row]]
    known, place = np.unique(lines["day"].to_numpy().astype("datetime64[D]"), return_inverse=True)
    level = materials.price("cotton", known)
    by_cotton = value("prices", "cotton_elasticity") * np.log(level / np.nanmean(level))[place]
    effects = (
        made * np.where(fibre, 1.0, 0.6)
        + np.where(fibre, by_cotton, 0.0)
        + importer[contracts["importer"].to_numpy()[row]]
        + parties["price"].to_numpy()[contracts["maker"].to_numpy()[row]]
        + np.where(contracts["related"].to_numpy()[row], value("prices", "related"), 0.0)
        + settings.price_strength * value("prices", "xinjiang") * lines["exposed"].to_numpy()
        + settings.price_strength * value("prices", "kept_apart") * lines["apart"].to_numpy()
        + contracts["shift"].to_numpy()[row]
    )
    noise = rng.standard_t(4, len(lines)).clip(-8, 8) * value("prices", "line_scale")
    honestly_low = rng.random(len(lines)) < value("prices", "closeout_share")  # overstock and seconds
    closeouts = np.where(honestly_low, value("prices", "closeout"), 0.0)
    result: Floats = base + effects + noise + closeouts
    return result


def expected_log_unit_value(contracts: pd.DataFrame, lines: pd.DataFrame) -> Floats:
    """What an officer would expect for the declared goods and origin."""
    origin = contracts["origin"].to_numpy()[lines["contract"]]
    result: Floats = (
        np.log(goods()["usd"].to_numpy())[lines["declared"]] + by_country(value("prices", "origin"))[origin]
    )
    return result


@dataclass(frozen=True, slots=True)
class SimulatedTrade:
    """One world before anyone writes it down."""

    settings: WorldSettings
    parties: pd.DataFrame
    contracts: pd.DataFrame
    sourcing: Sourcing
    lines: pd.DataFrame

    def of_line(self, column: str) -> NDArray[Any]:
        """A column of the contracts, for each line."""
        values: NDArray[Any] = self.contracts[column].to_numpy()[self.lines["contract"].to_numpy()]
        return values


def make_trade(settings: WorldSettings) -> SimulatedTrade:
    """Run the world: who there is, what they agree, how they react, what they ship."""
    parties = make_parties(settings)
    sourcing = make_sourcing(settings, parties)
    parties, contracts = react(settings, parties, make_contracts(settings, parties))
    lines = price(settings, parties, contracts, make_lines(settings, contracts, sourcing))
    return SimulatedTrade(settings, parties, contracts, sourcing, lines)

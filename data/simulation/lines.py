"""Entry lines drawn from contracts: day, goods, lot, input, price. Numbers only; no text yet.

Returned frame, one row a line in order of entry: `contract`, `shipment`, `line`, `day`, `goods` (as made),
`declared` (goods as declared), `lot`, `second` and `part` (the lots it was cut from and the first one's share),
`fraction` of Xinjiang input, `exposed` (y), `chance` (of y given every latent fact but the lot), `mechanism`,
`quantity`, `value`, `weight`.
"""

from typing import Final

import numpy as np
import pandas as pd

from originrisk.data.arrays import Floats, Ints, Mask
from originrisk.data.simulation.contracts import BLENDING, GOODS_COLUMNS, NONE, OPEN, UNWITTING
from originrisk.data.simulation.parameters import by_day, draw_days, half_year, stream
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.supply_chain import APART_LOTS, IN_XINJIANG, OPEN_LOTS, Sourcing
from originrisk.data.simulation.tables import COTTON, MATERIAL_OF, MIXED, SECTORS, goods

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
    chance = _chance(sourcing, sourcing.pool(maker, half), lines["usual"].to_numpy(), blend)
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


def _chance(sourcing: Sourcing, pool: Ints, usual: Mask, blend: Mask) -> Floats:
    """P(any Xinjiang input) before the lots are drawn, what is in them known."""
    exposed = sourcing.exposed().reshape(-1, OPEN_LOTS + APART_LOTS)
    maker_half = pool // (OPEN_LOTS + APART_LOTS)
    open_, apart = (exposed[:, :OPEN_LOTS].mean(axis=1)[maker_half], exposed[:, OPEN_LOTS:].mean(axis=1)[maker_half])
    mixed = np.where(blend, 1 - (1 - open_) * (1 - apart), open_)
    result: Floats = np.where(usual, mixed, (1 - LEAK) * apart + LEAK * open_)
    return result


def is_evasion(mechanism: Ints) -> Mask:
    """Mechanisms by which parties who know conceal."""
    return mechanism > OPEN

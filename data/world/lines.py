"""Entry lines drawn from contracts: day, goods, lot, fibre, price. Numbers only; no text yet.

Returned frame, one row a line in order of entry: `contract`, `shipment`, `line`, `day`, `goods` (as made),
`declared` (goods as declared), `lot`, `second` and `part` (the lots it was cut from and the first one's share),
`fraction` of Xinjiang fibre, `exposed` (y), `chance` (of y given every latent fact but the lot), `mechanism`,
`quantity`, `value`, `weight`.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.world.catalogue import COTTON, MIXED, TOMATO, goods
from data.world.clock import draw_days, half_year, stream
from data.world.contracts import BLENDING, GOODS_COLUMNS, NONE, OPEN, PARCELS, UNWITTING
from data.world.fibre import IN_XINJIANG
from data.world.parameters import by_day
from data.world.settings import WorldSettings
from data.world.sourcing import OPEN_LOTS, Sourcing

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
LEAD_DAYS: Final = 75
"""Days between the lot of cloth and the entry of the goods made of it."""
_COTTON_CONTENT: Final = np.array([1.0, 1.0, 1.0, 1.0, 0.95, 0.95, 0.8, 0.6])
_BLEND_CONTENT: Final = np.array([0.5, 0.4, 0.35, 0.45, 0.3, 0.2, 0.4, 0.55])
"""Cotton by weight of fibre, by the contract's style; `descriptions` names the same shares."""
LEAK: Final = 0.01
"""Chance that a line kept apart is cut from a usual lot by mistake."""
_GOODS_MIX: Final = np.array([0.55, 0.25, 0.13, 0.07])


def make_lines(settings: WorldSettings, contracts: pd.DataFrame, sourcing: Sourcing) -> pd.DataFrame:
    """Exactly `settings.lines` lines."""
    rng = stream(settings.seed, "lines")
    lines = _shipments(rng, settings, contracts)
    lines = _goods(rng, contracts, lines)
    return _fibre(rng, settings, contracts, sourcing, lines)


def _shipments(rng: np.random.Generator, settings: WorldSettings, contracts: pd.DataFrame) -> pd.DataFrame:
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
    return pd.DataFrame(
        {
            "contract": contract[shipment],
            "shipment": shipment,
            "line": line.astype(np.int32),
            "day": day[shipment],
        }
    )


def _goods(rng: np.random.Generator, contracts: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The declared goods of a contract, and the goods truly made: they differ where fibre is misdescribed."""
    place = np.searchsorted(_GOODS_MIX.cumsum(), rng.random(len(lines)) * 0.999)
    kept = contracts[list(GOODS_COLUMNS)].to_numpy()
    declared = kept[lines["contract"], place]
    family = contracts["family"].to_numpy()[lines["contract"]]
    cotton = np.flatnonzero((goods()["family"] == COTTON) & (goods()["unit"] == "DOZ"))
    hidden = (family == COTTON) & (goods()["family"].to_numpy()[declared] != COTTON)
    made = np.where(hidden, cotton[declared % len(cotton)], declared)
    return lines.assign(goods=made, declared=declared)


def _fibre(
    rng: np.random.Generator,
    settings: WorldSettings,
    contracts: pd.DataFrame,
    sourcing: Sourcing,
    lines: pd.DataFrame,
) -> pd.DataFrame:
    """The lots a line is cut from, its Xinjiang fraction and the chance of any."""
    rows = contracts.iloc[lines["contract"]]
    fibre = rows["cotton"].to_numpy()
    kept = 1 - by_day("avoidance", lines["day"].to_numpy())
    usual = fibre & (rows["order"].to_numpy() < settings.prevalence * kept)
    kept_apart = np.where(usual, False, rng.random(len(lines)) > LEAK)
    mechanism = np.where(usual, rows["mechanism"].to_numpy(), NONE)
    blend = mechanism == BLENDING
    maker, half = rows["maker"].to_numpy(), half_year(lines["day"].to_numpy() - LEAD_DAYS)
    lot = np.where(fibre, sourcing.lots(maker, half, kept_apart, _pick(rng, lines)), -1)
    second = np.where(
        fibre, sourcing.lots(maker, half, np.ones(len(lines), dtype=bool), rng.random(len(lines))), -1
    )
    part = np.where(blend, rng.uniform(0.08, 0.35, len(lines)), 1.0)
    inside = sourcing.composition[:, IN_XINJIANG].sum(axis=1)
    fraction = np.where(fibre, part * inside[lot] + (1 - part) * inside[second], 0.0)
    fraction *= cotton_content(contracts, lines)
    chance = np.where(fibre, _chance(sourcing, maker, half, usual, blend), 0.0)
    exposed = fraction > 0
    mechanism = np.where(exposed, np.where(np.isin(mechanism, (NONE,)), UNWITTING, mechanism), NONE)
    return lines.assign(
        lot=lot,
        second=second,
        part=part,
        fraction=fraction,
        exposed=exposed,
        chance=chance,
        mechanism=mechanism,
        usual=usual,
        apart=fibre & ~usual,
    )


def _pick(rng: np.random.Generator, lines: pd.DataFrame) -> Floats:
    """Which lot: most lines of a shipment are cut from one."""
    shipped = rng.random(int(lines["shipment"].iloc[-1]) + 1)[lines["shipment"]]
    return np.where(rng.random(len(lines)) < 0.7, shipped, rng.random(len(lines)))


def cotton_content(contracts: pd.DataFrame, lines: pd.DataFrame) -> Floats:
    """Cotton (or tomato) by weight of fibre: nearly all in cotton goods, a part in mixed goods; set per contract."""
    family = contracts["family"].to_numpy()
    style = contracts["style"].to_numpy()
    content = np.select(
        [family == COTTON, family == MIXED, family == TOMATO],
        [_COTTON_CONTENT[style], _BLEND_CONTENT[style], 1.0],
        _BLEND_CONTENT[style] / 4,
    )
    result: Floats = (content * contracts["cotton"].to_numpy())[lines["contract"]]
    return result


def _chance(
    sourcing: Sourcing, maker: NDArray[np.int64], half: NDArray[np.int64], usual: Bools, blend: Bools
) -> Floats:
    """P(any Xinjiang input) before the lots are drawn, lots known."""
    exposed = sourcing.exposed().reshape(-1, 5)
    pool = sourcing.pool(maker, half) // 5
    open_, apart = exposed[:, :OPEN_LOTS].mean(axis=1)[pool], exposed[:, OPEN_LOTS:].mean(axis=1)[pool]
    mixed = np.where(blend, 1 - (1 - open_) * (1 - apart), open_)
    result: Floats = np.where(usual, mixed, (1 - LEAK) * apart + LEAK * open_)
    return result


def is_evasion(mechanism: NDArray[np.int64]) -> Bools:
    """Mechanisms by which parties who know conceal."""
    return mechanism > OPEN


def is_parcel(contracts: pd.DataFrame, lines: pd.DataFrame) -> Bools:
    """Lines of contracts that ship by small parcel."""
    parcel: Bools = (contracts["mechanism"].to_numpy() == PARCELS)[lines["contract"]]
    return parcel

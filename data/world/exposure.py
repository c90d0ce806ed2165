"""What a line is cut from: its lots, its Xinjiang fraction, the chance of any, and how it came to be."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from originrisk.data.world.catalogue import COTTON, MIXED, TOMATO
from originrisk.data.world.clock import half_year, stream
from originrisk.data.world.contracts import BLENDING, NONE, OPEN, UNWITTING
from originrisk.data.world.fibre import IN_XINJIANG, Floats
from originrisk.data.world.parameters import by_day
from originrisk.data.world.settings import WorldSettings
from originrisk.data.world.sourcing import APART_LOTS, OPEN_LOTS, Sourcing

Bools = NDArray[np.bool_]
LEAD_DAYS: Final = 75
"""Days between the lot of cloth and the entry of the goods made of it."""
LEAK: Final = 0.01
"""Chance that a line kept apart is cut from a usual lot by mistake."""
_COTTON_CONTENT: Final = np.array([1.0, 1.0, 1.0, 1.0, 0.95, 0.95, 0.8, 0.6])
_BLEND_CONTENT: Final = np.array([0.5, 0.4, 0.35, 0.45, 0.3, 0.2, 0.4, 0.55])
"""Cotton by weight of fibre, by the contract's style; `descriptions` names the same shares."""


def cut(
    settings: WorldSettings, contracts: pd.DataFrame, sourcing: Sourcing, lines: pd.DataFrame
) -> pd.DataFrame:
    """Lines with their lots (`lot`, `second`, `part`), `fraction`, `exposed`, `chance`, `mechanism`.

    `usual`: cut from the maker's usual inputs; `apart`: of fibre, and meant to be kept apart from Xinjiang.
    """
    rng = stream(settings.seed, "lots")
    rows = contracts.iloc[lines["contract"]]
    fibre = rows["cotton"].to_numpy(dtype=bool)
    kept = 1 - by_day("avoidance", lines["day"].to_numpy())
    usual = fibre & (rows["order"].to_numpy() < settings.prevalence * kept)
    lines = lines.assign(usual=usual, apart=fibre & ~usual)
    lines["mechanism"] = np.where(usual, rows["mechanism"].to_numpy(), NONE)
    lines = _lots(rng, sourcing, rows["maker"].to_numpy(), fibre, lines)
    lines["fraction"] = _fraction(sourcing, lines) * cotton_content(contracts, lines)
    lines["exposed"] = lines["fraction"] > 0
    innocent = np.where(lines["mechanism"] == NONE, UNWITTING, lines["mechanism"])
    return lines.assign(mechanism=np.where(lines["exposed"], innocent, NONE))


def _lots(
    rng: np.random.Generator, sourcing: Sourcing, maker: NDArray[np.int64], fibre: Bools, lines: pd.DataFrame
) -> pd.DataFrame:
    """The lot of each line and, for blends, one kept apart that it is mixed with; and the chance of exposure."""
    count = len(lines)
    half = half_year(lines["day"].to_numpy() - LEAD_DAYS)
    kept_apart = ~lines["usual"].to_numpy() & (rng.random(count) > LEAK)
    blend = (lines["mechanism"] == BLENDING).to_numpy()
    lot = sourcing.lots(maker, half, kept_apart, _pick(rng, lines))
    second = sourcing.lots(maker, half, np.ones(count, dtype=bool), rng.random(count))
    chance = _chance(sourcing, sourcing.pool(maker, half), lines["usual"].to_numpy(), blend)
    return lines.assign(
        lot=np.where(fibre, lot, -1),
        second=np.where(fibre, second, -1),
        part=np.where(blend, rng.uniform(0.08, 0.35, count), 1.0),
        chance=np.where(fibre, chance, 0.0),
    )


def _fraction(sourcing: Sourcing, lines: pd.DataFrame) -> Floats:
    """Xinjiang share of the cotton or tomatoes in each line."""
    inside = sourcing.composition[:, IN_XINJIANG].sum(axis=1)
    part = lines["part"].to_numpy()
    mixed = part * inside[lines["lot"]] + (1 - part) * inside[lines["second"]]
    return np.where(lines["lot"] >= 0, mixed, 0.0)


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


def _chance(sourcing: Sourcing, pool: NDArray[np.int64], usual: Bools, blend: Bools) -> Floats:
    """P(any Xinjiang input) before the lots are drawn, what is in them known."""
    exposed = sourcing.exposed().reshape(-1, OPEN_LOTS + APART_LOTS)
    maker_half = pool // (OPEN_LOTS + APART_LOTS)
    open_, apart = (
        exposed[:, :OPEN_LOTS].mean(axis=1)[maker_half],
        exposed[:, OPEN_LOTS:].mean(axis=1)[maker_half],
    )
    mixed = np.where(blend, 1 - (1 - open_) * (1 - apart), open_)
    result: Floats = np.where(usual, mixed, (1 - LEAK) * apart + LEAK * open_)
    return result


def is_evasion(mechanism: NDArray[np.int64]) -> Bools:
    """Mechanisms by which parties who know conceal."""
    return mechanism > OPEN

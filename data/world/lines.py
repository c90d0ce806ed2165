"""Entry lines drawn from contracts: day, goods, lot, fibre, price. Numbers only; no text yet.

Returned frame, one row a line in order of entry: `contract`, `shipment`, `line`, `day`, `goods` (as made),
`declared` (goods as declared), `lot`, `second` and `part` (the lots it was cut from and the first one's share),
`fraction` of Xinjiang fibre, `exposed` (y), `chance` (of y given every latent fact but the lot), `mechanism`,
`quantity`, `value`, `weight`.
"""

from typing import Final

import numpy as np
import pandas as pd

from originrisk.data.world.catalogue import COTTON, goods
from originrisk.data.world.clock import draw_days, stream
from originrisk.data.world.contracts import GOODS_COLUMNS
from originrisk.data.world.exposure import cut
from originrisk.data.world.settings import WorldSettings
from originrisk.data.world.sourcing import Sourcing

_GOODS_MIX: Final = np.array([0.55, 0.25, 0.13, 0.07])


def make_lines(settings: WorldSettings, contracts: pd.DataFrame, sourcing: Sourcing) -> pd.DataFrame:
    """Exactly `settings.lines` lines."""
    rng = stream(settings.seed, "lines")
    lines = _shipments(rng, settings, contracts)
    return cut(settings, contracts, sourcing, _goods(rng, contracts, lines))


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

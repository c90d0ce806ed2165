"""How knowing flows hide: what each mechanism changes of what is declared."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from originrisk.data.world.catalogue import COTTON, MIXED, by_country, choose, countries, goods
from originrisk.data.world.channels import lanes
from originrisk.data.world.contracts import (
    BLENDING,
    GOODS_COLUMNS,
    MECHANISMS,
    MISDESCRIBE,
    PARCELS,
    RELABEL,
    SHELL_FIRM,
    THIRD,
    UNDERVALUE,
)
from originrisk.data.world.parameters import parameters, value, values
from originrisk.data.world.settings import WorldSettings
from originrisk.data.world.successors import Pair, rename


def mechanisms(rng: np.random.Generator, contracts: pd.DataFrame) -> NDArray[np.int64]:
    chinese = (contracts["origin"] == countries().index("CN")).to_numpy()
    tables = parameters()["evasion_by_origin"]
    weights = [
        np.array([tables[where].get(name, 0.0) for name in MECHANISMS]) for where in ("china", "elsewhere")
    ]
    return choose(rng, np.where(chinese[:, None], *weights))


def conceal(
    rng: np.random.Generator, settings: WorldSettings, parties: pd.DataFrame, flows: pd.DataFrame
) -> Pair:
    """Change what is declared, each flow by its mechanism."""
    mechanism = flows["mechanism"].to_numpy()
    chinese = (flows["origin"] == countries().index("CN")).to_numpy()
    abroad = chinese & np.isin(mechanism, (RELABEL, THIRD))
    target = choose(rng, np.tile(by_country(values("relabelled_as")), (len(flows), 1)))
    flows = flows.assign(origin=np.where(abroad, target, flows["origin"]))
    moved = np.isin(mechanism, (RELABEL, THIRD, SHELL_FIRM)) & (abroad | (mechanism == SHELL_FIRM))
    parties, flows = rename(rng, settings, parties, flows, moved)
    through = np.isin(mechanism, (RELABEL, THIRD, BLENDING)) & (
        rng.random(len(flows)) < settings.lane_strength
    )
    reroute = abroad | (through & (flows["origin"] != countries().index("CN")))
    route = np.where(reroute, lanes(rng, flows["origin"].to_numpy(), through), flows["route"])
    low, high = value("prices", "undervalued")
    shift = np.where(
        mechanism == UNDERVALUE, rng.uniform(low, high, len(flows)) * settings.price_strength, 0.0
    )
    flows = flows.assign(route=route, shift=shift)
    return parties, _parcels(_misdescribe(rng, flows))


def _misdescribe(rng: np.random.Generator, flows: pd.DataFrame) -> pd.DataFrame:
    """Cotton declared as a like garment of another fibre."""
    table = goods()
    hidden = (flows["mechanism"] == MISDESCRIBE).to_numpy() & (flows["family"] == COTTON).to_numpy()
    like = np.flatnonzero((table["family"] == MIXED) & (table["unit"] == "DOZ"))
    for name in GOODS_COLUMNS:
        declared = like[rng.integers(0, len(like), len(flows))]
        flows = flows.assign(**{name: np.where(hidden, declared, flows[name])})
    return flows


def _parcels(flows: pd.DataFrame) -> pd.DataFrame:
    """Many small entries of one line in place of few large ones."""
    parcel = flows["mechanism"] == PARCELS
    return flows.assign(
        lines=flows["lines"].where(~parcel, 1.0),
        size=flows["size"].where(~parcel, -3.2),
        weight=flows["weight"].where(~parcel, flows["weight"] * 1.6),
    )

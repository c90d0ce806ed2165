"""The way of each shipment: route, days under way, US ports, entry type. One answer for all lines of an entry."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from originrisk.data.world.catalogue import countries, routes
from originrisk.data.world.clock import stream
from originrisk.data.world.parameters import order, value
from originrisk.data.world.prices import PARCEL_LIMIT
from originrisk.data.world.spelling import SPELLINGS
from originrisk.data.world.trade import Trade

ENTRY_TYPES = np.array(["01", "03", "06", "11", "86"])
_ATLANTIC = (
    "IT",
    "FR",
    "DE",
    "ES",
    "PL",
    "TR",
    "EG",
    "JO",
    "PK",
    "BR",
    "PE",
    "CL",
    "HN",
    "SV",
    "GT",
    "NI",
    "KE",
    "ET",
    "MG",
)


def ship(trade: Trade) -> pd.DataFrame:
    """One row a shipment: `route`, `transit`, `unlading`, `entry`, `type`, `late` (days until received), `spelling`."""
    rng = stream(trade.settings.seed, "shipping")
    lines = trade.lines
    first = np.flatnonzero(lines["line"].to_numpy() == 1)
    contract = lines["contract"].to_numpy()[first]
    parcel = lines["value"].groupby(lines["shipment"]).sum().to_numpy()
    route = _routes(rng, trade.contracts, contract)
    table = routes()
    transit = table["transit"].to_numpy()[route] + rng.poisson(3, len(first))
    unlading = _ports(rng, route, trade.contracts["origin"].to_numpy()[contract])
    inland = rng.random(len(first)) < 0.14
    entry = np.where(inland, _ports(rng, route, trade.contracts["origin"].to_numpy()[contract]), unlading)
    return pd.DataFrame(
        {
            "route": route,
            "transit": transit,
            "unlading": unlading,
            "entry": entry,
            "type": _types(rng, trade, contract, lines["day"].to_numpy()[first], parcel),
            "spelling": _spelling(rng, trade, contract),
            "late": np.where(rng.random(len(first)) < 0.15, rng.geometric(0.35, len(first)), 0),
        }
    )


def _routes(
    rng: np.random.Generator, contracts: pd.DataFrame, contract: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The contract's lane; now and then another of the same origin."""
    usual = contracts["route"].to_numpy()[contract]
    origin = routes()["origin"].to_numpy()
    first = np.searchsorted(origin[np.argsort(origin, kind="stable")], origin[usual])
    count = np.bincount(origin)[origin[usual]]
    other = np.argsort(origin, kind="stable")[first + (rng.random(len(usual)) * count).astype(int)]
    return np.where(rng.random(len(usual)) < 0.12, other, usual)


def _ports(
    rng: np.random.Generator, route: NDArray[np.int64], origin: NDArray[np.int64]
) -> NDArray[np.object_]:
    mode = routes()["mode"].to_numpy(dtype=str)[route]
    atlantic = np.isin(origin, [countries().index(code) for code in _ATLANTIC])
    north = origin == countries().index("CA")
    kinds = np.select(
        [mode == "40", (mode != "11") & north, mode != "11", atlantic],
        ["air", "land_north", "land_south", "sea_atlantic"],
        "sea_pacific",
    )
    ports = np.empty(len(route), dtype=object)
    for kind in np.unique(kinds):
        weights = value("us_ports", kind)
        mask = kinds == kind
        share = np.array(list(weights.values())) / sum(weights.values())
        ports[mask] = rng.choice(np.array(list(weights), dtype=object), mask.sum(), p=share)
    return ports


def _spelling(rng: np.random.Generator, trade: Trade, contract: NDArray[np.int64]) -> NDArray[np.int64]:
    """The contract's usual spelling; now and then another."""
    usual = trade.contracts["spelling"].to_numpy()[contract]
    leaves = rng.random(len(usual)) < trade.settings.spelling_noise
    return np.where(leaves, rng.integers(0, SPELLINGS, len(usual)), usual)


def _types(
    rng: np.random.Generator,
    trade: Trade,
    contract: NDArray[np.int64],
    day: NDArray[np.int32],
    total: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Code of ENTRY_TYPES: 86 only while it existed and under its limit, 11 for small entries, 03 and 06 by chance."""
    china = np.isin(
        trade.contracts["origin"].to_numpy()[contract], [countries().index(c) for c in ("CN", "HK")]
    )
    end = np.where(china, order("type_86_china_until"), order("type_86_until"))
    small = (total <= PARCEL_LIMIT) & (day >= order("type_86_from")) & (day < end)
    draw = rng.random((3, len(day)))
    return np.select(
        [
            small & (draw[0] < 0.7),
            (total < 2500) & (draw[1] < 0.8),
            china & (draw[2] < 0.06),
            draw[2] > 0.985,
        ],
        [4, 3, 1, 2],
        0,
    )

"""Who trades: one roster of makers, sellers, consolidators and mills, each with a seat and hidden traits."""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.stats import beta

from originrisk.data.arrays import Floats, Ints, Mask
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.tables import (
    COTTON,
    FAMILIES,
    MATERIAL_OF,
    MATERIALS,
    TOMATO,
    by_country,
    choose_group,
    countries,
    day_number,
    origin_shares,
    places,
    stream,
    value,
    values,
)

MAKER, SELLER, CONSOLIDATOR, MILL, SHELL = range(5)
_STEPS: Final = (0.754_877_666, 0.569_840_291, 0.618_033_989)
"""Irrational steps of evenly spread sequences, one for each trait so that traits stay independent."""
WORDS: Final = 100_000
"""Size of the space from which invented words are drawn; two parties rarely share one."""


def makers_of(settings: WorldSettings) -> int:
    """Number of makers: it grows slower than trade, as large worlds have larger firms too."""
    return max(180, int(0.36 * settings.lines**0.72))


def make_parties(settings: WorldSettings) -> pd.DataFrame:
    """The roster. `kind`, `family`, `country`, `place`, and the numbers from which name and address are spelt."""
    # Makers cell by cell (family × country), so that a cell is a run of rows; the first are the largest.
    middle = np.array([(day_number(settings.start) + day_number(settings.end)) // 2], dtype=np.int32)
    share = np.array(list(values("line_shares").values())) ** 0.8
    share /= share.sum()
    cells = [
        (family, country, int(np.ceil(makers_of(settings) * share[family] * part)))
        for family in range(len(FAMILIES))
        for country, part in enumerate(origin_shares(family, middle)[0])
        if part > 0
    ]
    family = np.repeat([cell[0] for cell in cells], [cell[2] for cell in cells])
    country = np.repeat([cell[1] for cell in cells], [cell[2] for cell in cells])
    firms = _firms(settings, MAKER, country, xinjiang_share=np.where(family == COTTON, 0.012, 0.4 * (family == TOMATO)))
    makers = _traits(settings, firms.assign(family=family))
    count = len(makers)
    traders = ["CN", "HK", "CN", "HK", "CN", "VN", "IN", "TW"]
    sellers = _firms(settings, SELLER, np.resize(_codes(traders), 40 + count // 5))
    movers = _firms(settings, CONSOLIDATOR, np.resize(_codes([*countries(), "CN", "CN", "HK"]), 60 + count // 60))
    mills = _firms(settings, MILL, np.resize(_codes(["CN"]), 24), xinjiang_share=0.5)
    return pd.concat([makers, sellers, movers, mills], ignore_index=True)


def _codes(names: list[str]) -> Ints:
    return np.array([countries().index(name) for name in names])


def _firms(settings: WorldSettings, kind: int, country: Ints, xinjiang_share: float | Floats = 0.0) -> pd.DataFrame:
    rng = stream(settings.seed, f"parties {kind}")
    frame = pd.DataFrame({"kind": kind, "family": -1, "country": country})
    inside = (rng.random(len(frame)) < xinjiang_share) & (country == countries().index("CN"))
    frame["place"] = draw_places(rng, country, inside)
    frame["dependence"], frame["policy"], frame["price"], frame["related"] = 0.0, 0.0, 0.0, False
    return seat(rng, frame)


def draw_places(rng: Generator, country: Ints, inside: Mask) -> Ints:
    """A city of each country; inside Xinjiang where asked."""
    table = places()
    keys = country * 2 + inside
    groups = (table["country"] * 2 + table["xinjiang"]).to_numpy(dtype=np.int64)
    return choose_group(rng, keys.astype(np.int64), groups, table["weight"].to_numpy())


def seat(rng: Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """New name and address: the numbers from which they are spelt."""
    count = len(frame)
    return frame.assign(
        word=rng.integers(0, WORDS, count),
        trade=rng.integers(0, WORDS, count),
        street=rng.integers(0, WORDS, count),
        house=np.ceil(np.exp(rng.normal(4.6, 1.3, count))).astype(np.int64),
        building=np.where(rng.random(count) < 0.3, rng.integers(1, 30, count), 0),
        postal=rng.integers(0, 1000, count),
    )


def _traits(settings: WorldSettings, makers: pd.DataFrame) -> pd.DataFrame:
    rng = stream(settings.seed, "traits")
    inside = places()["xinjiang"].to_numpy()[makers["place"]]
    dependence_of = np.stack([by_country(value("dependence_on_china", name), 0.1) for name in MATERIALS])
    mean = np.clip(dependence_of[MATERIAL_OF[makers["family"]], makers["country"]], 0.002, 0.98)
    rank = makers.groupby(["family", "country"]).cumcount().to_numpy(dtype=np.int64)
    cell = (makers["family"] * 31 + makers["country"] * 17).to_numpy()
    quantile = spread(rank, _STEPS[0], cell * _STEPS[2] + rng.random())
    policy = spread(rank, _STEPS[1], cell * _STEPS[0] + rng.random())
    dependence = np.where(inside, 1.0, persistent(quantile, mean, settings.supplier_persistence))
    price = rng.normal(0, value("prices", "maker_sd"), len(makers))
    return makers.assign(dependence=dependence, policy=policy, price=price, related=rng.random(len(makers)) < 0.18)


def spread(rank: NDArray[np.integer[Any]], step: float, start: float | Floats) -> Floats:
    """Numbers in [0, 1) that lie evenly over any run of ranks: large firms alone shall not set a world's rates."""
    return np.asarray((start + rank * step) % 1.0, dtype=np.float64)


def persistent(quantile: Floats, mean: Floats, persistence: float) -> Floats:
    """Propensities around a mean: near 0 or 1 where persistence is high, near the mean where it is low."""
    weight = 2 * (1 - persistence) / persistence
    shapes = np.maximum(mean * weight, 1e-3), np.maximum((1 - mean) * weight, 1e-3)
    return np.asarray(beta.ppf(quantile, *shapes), dtype=np.float64)

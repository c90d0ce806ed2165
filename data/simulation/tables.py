"""What every stage of the world shares: parameters, goods, places and routes by code; days, random streams."""

import tomllib
import zlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from originrisk.data.arrays import Floats, Ints
from originrisk.data.contract import EPOCH

_WEEKDAY = np.array([1.15, 1.2, 1.2, 1.15, 1.1, 0.2, 0.1])
_MONTH = np.array([0.95, 0.85, 0.92, 0.93, 0.97, 1.03, 1.1, 1.15, 1.1, 1.05, 0.98, 0.92])


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def stream(seed: int, stage: str) -> Generator:
    """The random stream of one stage: adding draws to one stage leaves the others as they are."""
    return np.random.default_rng([seed, zlib.crc32(stage.encode())])


def year_of(days: NDArray[np.int32]) -> Ints:
    """Calendar year of each day."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def half_year(days: NDArray[np.int32]) -> Ints:
    """Half-years since 1970 of each day."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // 6


def draw_days(rng: Generator, first: NDArray[np.int32], last: NDArray[np.int32]) -> NDArray[np.int32]:
    """One day in each closed window, as trade moves: weekdays and late summer are busier."""
    origin = int(first.min())
    calendar = np.arange(origin, int(last.max()) + 1, dtype=np.int32)
    months = calendar.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    passed = np.concatenate([[0.0], np.cumsum(_WEEKDAY[(calendar + 3) % 7] * _MONTH[months])])
    low, high = passed[first - origin], passed[last - origin + 1]
    drawn = np.searchsorted(passed, low + rng.random(len(first)) * (high - low), side="right") - 1
    result: NDArray[np.int32] = np.clip(calendar[np.minimum(drawn, len(calendar) - 1)], first, last)
    return result


Table = dict[str, Any]


@cache
def parameters() -> dict[str, Table]:
    """All tables of `parameters.toml`, each with its meaning, source and confidence."""
    return tomllib.loads(Path(__file__).with_name("parameters.toml").read_text(encoding="utf-8"))


def value(table: str, name: str) -> Any:
    """One value of a table."""
    return parameters()[table][name]


def values(table: str) -> dict[str, Any]:
    """The name → value map of a table."""
    found: dict[str, Any] = parameters()[table]["values"]
    return found


def by_day(table: str, days: NDArray[np.int32]) -> Floats:
    """Yearly values on given days, straight lines between the middles of the years."""
    return interpolated(parameters()[table]["years"], days)


def interpolated(years: dict[str, float], days: NDArray[np.int32]) -> Floats:
    """Year → value, read on given days: straight lines between the middles of the years."""
    middles = [day_number(date(int(year), 7, 1)) for year in years]
    return np.interp(days, middles, list(years.values()))


def order(name: str) -> int:
    """Day number of a legal date of the table `orders`."""
    return day_number(parameters()["orders"][name])


FAMILIES: Final = tuple(values("line_shares"))
COTTON, MIXED, TOMATO = (FAMILIES.index(name) for name in ("cotton", "mixed", "tomato"))
MATERIALS: Final = ("cotton", "tomato", "polysilicon", "aluminium", "pvc", "battery")
"""Materials that may be from Xinjiang; a material's code is its place here."""
MATERIAL_OF: Final = np.array([MATERIALS.index(values("material_of_family").get(name, "cotton")) for name in FAMILIES])
"""Material by which goods of a family may hold Xinjiang inputs, by code of the family."""
SECTORS: Final = np.array([name in (*MATERIALS, "mixed", "solar") for name in FAMILIES])
"""Families whose goods are of a material that the law names, by code."""
XINJIANG_PLACE: Final = "XJ"
"""Country mark of places in Xinjiang in `places.csv`; on a declaration their country is CN."""


def _read(name: str) -> pd.DataFrame:
    text = pd.read_csv(Path(__file__).with_name(name), dtype=str, keep_default_na=False)
    numbers = {"kg": float, "usd": float, "weight": float, "transit": int}
    return text.astype({column: kind for column, kind in numbers.items() if column in text})


@cache
def goods() -> pd.DataFrame:
    """Goods by HTSUS number: `family` as a code, unit, kg and dollars per unit, words of the description."""
    table = _read("goods.csv")
    return table.assign(family=table["family"].map(FAMILIES.index))


@cache
def places() -> pd.DataFrame:
    """Cities where parties sit: country code, name, syllables of its names, start of the postal code."""
    table = _read("places.csv")
    xinjiang = table["country"].to_numpy() == XINJIANG_PLACE
    country = table["country"].where(~xinjiang, "CN").map(countries().index)
    return table.assign(xinjiang=xinjiang, country=country)


@cache
def routes() -> pd.DataFrame:
    """How goods of an origin travel: country of export, port of lading, mode, days under way, weight."""
    table = _read("routes.csv")
    return table.assign(origin=table["origin"].map(countries().index))


@cache
def countries() -> tuple[str, ...]:
    """Every country in which a party may sit; a country's code is its position."""
    return tuple(sorted(set(_read("places.csv")["country"]) - {XINJIANG_PLACE}))


def by_country(table: dict[str, float], otherwise: float = 0.0) -> Floats:
    """ISO code → number, as an array over country codes."""
    return np.array([table.get(code, otherwise) for code in countries()])


def origin_shares(family: int, days: NDArray[np.int32]) -> Floats:
    """Share of each origin in the family's trade on given days, (n_days, n_countries), rows add up to 1."""
    if family == COTTON:
        before, after = by_country(values("cotton_origin_2019")), by_country(values("cotton_origin_2023"))
        passed = interpolated({"2019": 0.0, "2023": 1.0}, days)[:, None]
        weights = before * (1 - passed) + after * passed
    else:
        weights = np.tile(by_country(value("other_origins", FAMILIES[family])), (len(days), 1))
        factor = interpolated(value("other_origins", "china_share_factor"), days)
        weights[:, countries().index("CN")] *= factor
    result: Floats = weights / weights.sum(axis=1, keepdims=True)
    return result


def choose(rng: Generator, probabilities: Floats) -> Ints:
    """One column of each row, by the row's probabilities."""
    edges = np.cumsum(probabilities, axis=1)
    result: Ints = (rng.random((len(edges), 1)) * edges[:, -1:] > edges).sum(axis=1)
    return result


def choose_group(rng: Generator, keys: Ints, groups: Ints, weights: Floats) -> Ints:
    """For each key, the position of a row of that group by weight; every key must have a group."""
    order = np.argsort(groups, kind="stable")
    passed = np.cumsum(weights[order])
    sorted_groups = groups[order]
    first = np.searchsorted(sorted_groups, keys, side="left")
    last = np.searchsorted(sorted_groups, keys, side="right")
    if (first == last).any():
        raise ValueError("a key has no row to choose from")
    before = np.where(first > 0, passed[first - 1], 0.0)
    target = before + rng.random(len(keys)) * (passed[last - 1] - before)
    return order[np.clip(np.searchsorted(passed, target, side="right"), first, last - 1)]

"""What every stage shares: days as numbers, random streams, trade's calendar, the readers of `parameters.toml`."""

import tomllib
import zlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
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

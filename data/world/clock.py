"""Days as numbers since 1970-01-01, the random streams, and the calendar by which trade moves."""

import zlib
from datetime import date

import numpy as np
from numpy.typing import NDArray

from originrisk.data.days import EPOCH

_WEEKDAY = np.array([1.15, 1.2, 1.2, 1.15, 1.1, 0.2, 0.1])
_MONTH = np.array([0.95, 0.85, 0.92, 0.93, 0.97, 1.03, 1.1, 1.15, 1.1, 1.05, 0.98, 0.92])


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def stream(seed: int, stage: str) -> np.random.Generator:
    """The random stream of one stage: adding draws to one stage leaves the others as they are."""
    return np.random.default_rng([seed, zlib.crc32(stage.encode())])


def year_of(days: NDArray[np.int32]) -> NDArray[np.int64]:
    """Calendar year of each day."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def half_year(days: NDArray[np.int32]) -> NDArray[np.int64]:
    """Half-years since 1970 of each day."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // 6


def draw_days(
    rng: np.random.Generator, first: NDArray[np.int32], last: NDArray[np.int32]
) -> NDArray[np.int32]:
    """One day in each closed window, as trade moves: weekdays and late summer are busier."""
    origin = int(first.min())
    calendar = np.arange(origin, int(last.max()) + 1, dtype=np.int32)
    months = calendar.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    passed = np.concatenate([[0.0], np.cumsum(_WEEKDAY[(calendar + 3) % 7] * _MONTH[months])])
    low, high = passed[first - origin], passed[last - origin + 1]
    drawn = np.searchsorted(passed, low + rng.random(len(first)) * (high - low), side="right") - 1
    result: NDArray[np.int32] = np.clip(calendar[np.minimum(drawn, len(calendar) - 1)], first, last)
    return result

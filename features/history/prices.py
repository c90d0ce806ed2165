"""Fair market value: a robust benchmark of log unit values over a year, without the supplier's own lines.

Each learned value is first winsorized to within three spreads of what was then known (an online Huber mean), so that
sums and counts suffice: they can be subtracted for the supplier at hand, and shrunk towards the parent group. See
docs/decisions for the choice.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from originrisk.features.history.tallies import PRICE_LEVELS, PRICES
from originrisk.features.history.view import FIXED_POINT, PointInTimeView
from originrisk.features.lines import Floats, Ints, shared

PARENT_WEIGHT: Final = 20.0
"""Lines that the parent group counts for in a benchmark."""
LEAST_SPREAD: Final = 0.08
USUAL_SPREAD: Final = 0.5
WINSORIZED: Final = 3.0
"""Robust z-score beyond which a value is brought in before it is learned."""
_MEAN_TO_SIGMA: Final = 1.2533  # standard deviation of a normal law over its mean absolute deviation


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Fair log value, and its spread: (n,) each, or (prices, n)."""

    centre: Floats
    spread: Floats

    def z(self, logs: Floats) -> Floats:
        """Robust z-score: spreads above (+) or below (-) the fair value; NaN where either is unknown."""
        return (logs - self.centre) / self.spread

    def winsorized(self, logs: Floats) -> Floats:
        """Log values no further than WINSORIZED spreads from the fair value (n,), so that one outlier moves little."""
        near = self.centre + np.clip(self.z(logs), -WINSORIZED, WINSORIZED) * self.spread
        return np.where(np.isnan(self.centre), logs, near)

    def of(self, price: str) -> "Benchmark":
        """That of one of the PRICES."""
        place = PRICES.index(price)
        return Benchmark(self.centre[place], self.spread[place])


def benchmark(view: PointInTimeView, *, own: bool, levels: tuple[str, ...] = PRICE_LEVELS) -> Benchmark:
    """Benchmark of PRICES for each line (prices, n): that of its goods and origin, the first of the levels, shrunk to
    wider groups; without `own`, the lines of the line's supplier are left out of the narrowest group."""
    shape = len(PRICES), len(view.today)
    centre, spread = np.full(shape, np.nan), np.full(shape, USUAL_SPREAD)
    for level in reversed(levels):
        number, total, apart = view.counts(_names(level, "n", "sum", "spread")).reshape(3, *shape)
        everyone = number + PARENT_WEIGHT
        if level == PRICE_LEVELS[0] and not own:
            mine = view.counts(_names(f"{level}*supplier", "n", "sum")).reshape(2, *shape)
            number, total = number - mine[0], total - mine[1]
        centre = _shrunk(total / FIXED_POINT, number, centre)
        spread = (apart / FIXED_POINT * _MEAN_TO_SIGMA + PARENT_WEIGHT * spread) / everyone
    return Benchmark(centre, np.maximum(spread, LEAST_SPREAD))


@shared
def of_others(view: PointInTimeView) -> Benchmark:
    """Benchmark without the line's own supplier."""
    return benchmark(view, own=False)


@shared
def of_all_origins(view: PointInTimeView) -> Benchmark:
    """Benchmark of the goods whatever their origin."""
    return benchmark(view, own=True, levels=PRICE_LEVELS[1:])


@cache
def _names(level: str, *parts: str) -> tuple[str, ...]:
    return tuple(f"{level}.{price}_{part}.365" for part in parts for price in PRICES)


def _shrunk(total: Floats, count: Floats, parent: Floats) -> Floats:
    """Mean shrunk to the parent's; the parent's where the group is empty; NaN where neither is known."""
    orphan = np.isnan(parent)
    weight = np.where(orphan, 0.0, PARENT_WEIGHT)
    whole = count + weight
    mean = (total + np.where(orphan, 0.0, weight * parent)) / np.where(whole > 0, whole, np.nan)
    return np.where(count > 0, mean, parent)


def own_mean(view: PointInTimeView, party: str, price: str) -> Floats:
    """The party's own mean log value of the goods over the past year (n,); NaN where it has none."""
    level = f"{PRICE_LEVELS[0]}*{party}.{price}"
    number = view.count(f"{level}_n.365")
    return view.count(f"{level}_sum.365") / FIXED_POINT / np.where(number > 0, number, np.nan)


def fixed(values: Floats) -> Ints:
    """Values as whole multiples of 2^-20 (n,); 0 where missing."""
    return np.rint(np.where(np.isnan(values), 0.0, values) * FIXED_POINT).astype(np.int64)

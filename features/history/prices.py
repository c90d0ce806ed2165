"""Fair market value: a robust benchmark of log unit values over a year, without the line's own parties.

Each learned value is first drawn in to within three spreads of what was then known (an online Huber mean), so
that sums and counts suffice: they can be subtracted for the supplier and importer at hand, and shrunk towards
the parent group. See docs/decisions for the choice.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from originrisk.features.history.tallies import PRICE_LEVELS, PRICE_PARTIES, PRICES
from originrisk.features.history.view import FIXED_POINT, Known
from originrisk.features.lines import Floats, Ints, Lines, kilograms, positive, shared, units

PARENT_WEIGHT = 20.0
"""Lines that the parent group counts for in a benchmark."""

LEAST_SPREAD = 0.08
USUAL_SPREAD = 0.5
DRAWN_IN = 3.0
_MEAN_TO_SIGMA = 1.2533  # standard deviation of a normal law over its mean absolute deviation


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Fair log value, its spread, and the lines of the narrowest group behind it: (n,) each, or (prices, n)."""

    centre: Floats
    spread: Floats
    support: Floats

    def deviation(self, logs: Floats) -> Floats:
        """Spreads above (+) or below (-) the fair value; NaN where either is unknown."""
        return (logs - self.centre) / self.spread

    def of(self, price: str) -> "Benchmark":
        """That of one of the PRICES."""
        place = PRICES.index(price)
        return Benchmark(self.centre[place], self.spread[place], self.support[place])


@shared
def log_prices(lines: Lines) -> dict[str, Floats]:
    """ln of value per unit, value per kg and kg per unit (n,) each; NaN where a part is missing or zero."""
    value = positive(lines.numbers["entered_value_usd"])
    kilos = kilograms(lines)
    count = units(lines)
    return {"unit": np.log(value / count), "kilo": np.log(value / kilos), "mass": np.log(kilos / count)}


@shared
def log_freight(lines: Lines) -> Floats:
    """ln of freight and charges per kg (n,); NaN where a part is missing or zero."""
    return np.log(positive(lines.numbers["charges_usd"]) / positive(lines.numbers["gross_weight_kg"]))


def benchmarks(known: Known, *, own: bool) -> dict[str, Benchmark]:
    """Benchmarks of PRICES for each line (prices, n), by the narrowest level that they look at; without `own`, the
    line's supplier and importer are left out."""
    wide, shape = PRICE_LEVELS[::-1], (len(PRICE_LEVELS), len(PRICES), len(known.today))
    counts, totals = _sums(known, own=own)
    everyone = known.counts(_sum_names("", "n")).reshape(shape) + PARENT_WEIGHT
    apart = known.counts(_sum_names("", "spread")).reshape(shape) / FIXED_POINT * _MEAN_TO_SIGMA
    centre, spread = np.full(shape[1:], np.nan), np.full(shape[1:], USUAL_SPREAD)
    found = {}
    for place, level in enumerate(wide):
        centre = _shrunk(totals[place], counts[place], centre)
        spread = (apart[place] + PARENT_WEIGHT * spread) / everyone[place]
        found[level] = Benchmark(centre, np.maximum(spread, LEAST_SPREAD), counts[place])
    return found


def _sums(known: Known, *, own: bool) -> Floats:
    """Lines behind each benchmark, and sums of their log values (2, levels, prices, n), the widest level first."""
    sums = known.counts(_sum_names("", "n", "sum"))
    for party, sign in () if own else zip(PRICE_PARTIES, (-1, -1, 1), strict=True):
        sums = sums + sign * known.counts(_sum_names(f"*{party}", "n", "sum"))
    found: Floats = sums.reshape(2, len(PRICE_LEVELS), len(PRICES), -1)
    found[1] /= FIXED_POINT
    return found


@cache
def _sum_names(of: str, *parts: str) -> tuple[str, ...]:
    """Names of sums by part, level and price, the widest level first."""
    levels = [f"{level}{of}" for level in reversed(PRICE_LEVELS)]
    return tuple(f"{key}.{price}_{part}.365" for part in parts for key in levels for price in PRICES)


def _shrunk(total: Floats, count: Floats, parent: Floats) -> Floats:
    """Mean drawn towards the parent's; the parent's where the group is empty; NaN where neither is known."""
    orphan = np.isnan(parent)
    weight = np.where(orphan, 0.0, PARENT_WEIGHT)
    whole = count + weight
    mean = (total + np.where(orphan, 0.0, weight * parent)) / np.where(whole > 0, whole, np.nan)
    return np.where(count > 0, mean, parent)


def drawn_in(logs: Floats, fair: Benchmark) -> Floats:
    """Log values no further than three spreads from the fair value (n,), so that one outlier moves little."""
    limit = DRAWN_IN * fair.spread
    near = fair.centre + np.clip(logs - fair.centre, -limit, limit)
    return np.where(np.isnan(fair.centre), logs, near)


def party_mean(known: Known, level: str, party: str, price: str) -> Floats:
    """The party's own mean log value in the group over the past year (n,); NaN where it has none."""
    count = known.count(f"{level}*{party}.{price}_n.365")
    return known.total(f"{level}*{party}.{price}_sum.365") / np.where(count > 0, count, np.nan)


def fixed(values: Floats) -> Ints:
    """Values as whole multiples of 2^-20 (n,); 0 where missing."""
    return np.rint(np.where(np.isnan(values), 0.0, values) * FIXED_POINT).astype(np.int64)

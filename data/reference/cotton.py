"""Cotton as known on a day: its price, where it comes from, and how much is in goods."""

from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from originrisk.data import reference
from originrisk.data.reference.rows import Exposure
from originrisk.data.reference.table import Days, Series

Texts = NDArray[np.object_]


def lint_price(days: Days) -> NDArray[np.float64]:
    """World price of cotton lint, US cents per pound: the last month known."""
    return _lint_prices().latest(days)


@cache
def _lint_prices() -> Series:
    return Series.of(reference.cotton_prices(), lambda row: row.us_cents_per_lb)


Measure = Literal["output", "mill_use"]


def xinjiang_share(measure: Measure, days: Days) -> NDArray[np.float64]:
    """Xinjiang's share of China's cotton, 0 to 1: the last year known."""
    return _xinjiang_shares(measure).latest(days)


@cache
def _xinjiang_shares(measure: Measure) -> Series:
    rows = (row for row in reference.xinjiang_shares() if row.measure == measure)
    return Series.of(rows, lambda row: row.share)


def china_dependence(countries: Texts, days: Days) -> NDArray[np.float64]:
    """Share of a country's cotton input that comes through China, 0 to 1; NaN without a figure."""
    result = np.full(len(days), np.nan)
    figures = _dependence_by_country()
    for country in figures.keys() & set(countries.tolist()):
        here = countries == country
        result[here] = figures[country].latest(days[here])
    return result


@cache
def _dependence_by_country() -> dict[str, Series]:
    rows: dict[str, list[Exposure]] = {}
    for row in reference.exposures():
        rows.setdefault(row.country, []).append(row)
    return {country: Series.of(of, lambda row: row.china_dependence) for country, of in rows.items()}


@cache
def lint_factor(code: str) -> float:
    """Kilograms of lint in a kilogram of cotton goods of an HTSUS number; NaN for goods of no known kind."""
    factors = {
        prefix: row.lint_kg_per_kg for row in reference.cotton_factors() for prefix in row.hts_prefixes
    }
    prefix = reference.longest_prefix(code, factors)
    return np.nan if prefix is None else factors[prefix]

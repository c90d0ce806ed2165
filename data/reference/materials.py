"""Every material in one account: what goods hold by their tariff number, and how much of it may be from Xinjiang.

Codes of materials are their places in `MATERIALS`. What is not known is NaN, never 0; a material without input from
Xinjiang (seafood, footwear: the listed risk is labour moved out of the region) has an expected share of 0.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from originrisk.data import reference
from originrisk.data.reference.orders import scope_of
from originrisk.data.reference.table import Days, Series

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]
Texts = NDArray[np.object_]

MATERIALS: Final[tuple[str, ...]] = tuple(row.material for row in reference.named_materials())
NO_MATERIAL: Final = -1
PRICED: Final = tuple(dict.fromkeys(row.material for row in reference.material_prices()))
"""Materials with a public price."""


class Content(NamedTuple):
    """What a tariff number says of goods: code of the main material, and its expected share in them, 0 to 1."""

    material: int
    share: float


def content(code: str, tariff: int) -> Content:
    """Main material of an HTSUS number in a tariff (see `orders.tariff`), by its narrowest prefix in `scope.csv`."""
    row = scope_of(tariff)(code)
    if row is None or row.material is None or row.content is None:
        return Content(NO_MATERIAL, np.nan)
    return Content(MATERIALS.index(row.material), row.content)


def expected_share(materials: Codes, countries: Texts, days: Days) -> Floats:
    """Share of a country's input of a material that is expected to be from Xinjiang (n,), as known on the day.

    The share of the input that comes through China, times Xinjiang's share of what China's mills use; of China's
    output where no figure of use is known. NaN without a material, or where a figure is missing.
    """
    return china_dependence(materials, countries, days) * xinjiang_share(materials, days)


def china_dependence(materials: Codes, countries: Texts, days: Days) -> Floats:
    """Share of a country's input of a material that comes through China (n,); NaN without a figure."""
    result = np.full(len(days), np.nan)
    for (material, country), figures in _dependence().items():
        here = (materials == material) & (countries == country)
        result[here] = figures.latest(days[here])
    without = np.isin(materials, _without_input())
    result[without] = np.where(np.isnan(result[without]), 0.0, result[without])
    return result


def xinjiang_share(materials: Codes, days: Days) -> Floats:
    """Xinjiang's share of what China's mills use of a material, else of China's output (n,); NaN without a figure."""
    result = np.full(len(days), np.nan)
    for material in set(materials.tolist()) - {NO_MATERIAL}:
        here = materials == material
        use, output = (_shares(MATERIALS[material], measure).latest(days[here]) for measure in ("use", "output"))
        result[here] = np.where(np.isnan(use), output, use)
    result[np.isin(materials, _without_input())] = 0.0
    return result


def price(material: str, days: Days) -> Floats:
    """World price of a material in US dollars per kilogram: the last month known (n,); NaN without one."""
    return _prices(material).latest(days)


@cache
def kilograms(material: str, code: str) -> float:
    """Kilograms of a material that a kilogram of goods made of it alone takes; NaN for goods of no known kind."""
    factors = {
        prefix: row.kg_per_kg
        for row in reference.material_factors()
        if row.material == material
        for prefix in row.hts_prefixes
    }
    prefix = reference.longest_prefix(code, factors)
    return np.nan if prefix is None else factors[prefix]


@cache
def _dependence() -> dict[tuple[int, str], Series]:
    keys = dict.fromkeys((row.material, row.country) for row in reference.exposures())
    return {
        (MATERIALS.index(material), country): Series.of(
            (row for row in reference.exposures() if (row.material, row.country) == (material, country)),
            lambda row: row.china_dependence,
        )
        for material, country in keys
    }


@cache
def _shares(material: str, measure: str) -> Series:
    rows = (row for row in reference.xinjiang_shares() if (row.material, row.measure) == (material, measure))
    return Series.of(rows, lambda row: row.share)


@cache
def _prices(material: str) -> Series:
    rows = (row for row in reference.material_prices() if row.material == material)
    return Series.of(rows, lambda row: row.usd_per_kg)


@cache
def _without_input() -> tuple[int, ...]:
    return tuple(n for n, row in enumerate(reference.named_materials()) if not row.xinjiang_input)

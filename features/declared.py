"""What a line declares, read against reference tables: the countries on its way, its goods and what they hold."""

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np

from originrisk.data.reference import materials, orders
from originrisk.features.descriptions import composition
from originrisk.features.lines import Bools, Floats, Ints, Lines, entry_dates, kilograms, positive, shared, units
from originrisk.features.places import country_number, lading_country

CHINA: Final = [country_number(code) for code in ("CN", "HK", "MO")]


@shared
def made_in(lines: Lines) -> Floats:
    """Number of the declared origin (n,)."""
    return lines.texts["country_of_origin"].read(country_number, np.nan)


@shared
def exported_from(lines: Lines) -> Floats:
    """Number of the country of export (n,)."""
    return lines.texts["country_of_export"].read(country_number, np.nan)


@shared
def loaded_in(lines: Lines) -> Floats:
    """Number of the country of the foreign port of lading (n,)."""
    return lines.texts["port_of_lading"].read(lading_country, np.nan)


@shared
def declared_in_china(lines: Lines) -> Bools:
    """True where the declared origin is China, Hong Kong or Macau (n,)."""
    return np.isin(made_in(lines), CHINA)


@shared
def through_china(lines: Lines) -> Bools:
    """True where another origin is declared, but the goods were exported from or loaded in China (n,)."""
    passed = np.isin(exported_from(lines), CHINA) | np.isin(loaded_in(lines), CHINA)
    return passed & ~declared_in_china(lines)


@shared
def loaded_abroad(lines: Lines) -> Bools:
    """True where the port of lading lies in another country than the declared origin (n,)."""
    abroad: Bools = differs(loaded_in(lines), made_in(lines)) == 1
    return abroad


def differs(first: Floats, second: Floats) -> Floats:
    """1 where two numbers differ, 0 where they are the same, NaN where one is unknown (n,)."""
    return np.where(np.isnan(first) | np.isnan(second), np.nan, first != second)


@shared
def families(lines: Lines) -> Ints:
    """Code of the goods family of each line by its tariff number on its day (n,); -1 for none."""
    return by_tariff_of_day(lines, _family_by, orders.NO_FAMILY).astype(np.int64)


def by_tariff_of_day(lines: Lines, reader: Callable[[int], Callable[[str], float]], missing: float) -> Floats:
    """What the reader of the day's tariff makes of HTSUS (n,); each number is read once per tariff."""
    found = np.full(lines.size, missing)
    for tariff, here in _tariffs(lines):
        found[here] = lines.texts["htsus"].read(reader(tariff), missing)[here]
    return found


@shared
def _tariffs(lines: Lines) -> list[tuple[int, Bools]]:
    """The tariffs of the lines, and where each is in use (n,)."""
    tariffs = orders.tariff(entry_dates(lines))
    return [(tariff, tariffs == tariff) for tariff in sorted({*tariffs.tolist()})]


@cache
def _family_by(tariff: int) -> Callable[[str], float]:
    def family(code: str) -> float:
        row = orders.scope_of(tariff)(code)
        return orders.NO_FAMILY if row is None else orders.FAMILIES.index(row.goods_family)

    return family


@shared
def main_material(lines: Lines) -> Ints:
    """Code of the main material (n,): that of the tariff number on its day, else the one that the description names
    first in `materials.csv`; -1 for none."""
    by_tariff = by_tariff_of_day(lines, _material_by, materials.NO_MATERIAL)
    named = lines.texts["description"].read(named_material, materials.NO_MATERIAL)
    return np.where(by_tariff >= 0, by_tariff, named).astype(np.int64)


@shared
def described_content(lines: Lines) -> Floats:
    """Share of the main material in the goods by the description (n,); NaN where that does not say."""
    found, main = np.full(lines.size, np.nan), main_material(lines)
    for code in {*main.tolist()} - {materials.NO_MATERIAL}:
        here = main == code
        found[here] = lines.texts["description"].read(_described(code), np.nan)[here]
    return found


@shared
def material_content(lines: Lines) -> Floats:
    """Share of the main material in the goods (n,): by the description, else what goods of the tariff number hold of
    it (`scope.csv`); NaN where neither says."""
    described = described_content(lines)
    return np.where(np.isnan(described), by_tariff_of_day(lines, content_by, np.nan), described)


def named_material(text: str) -> float:
    """Code of the first material of the account that a description names; -1 for none."""
    said = composition(text)
    named = (code for code, name in enumerate(materials.MATERIALS) if said.names(name))
    return next(named, materials.NO_MATERIAL)


@cache
def _described(code: int) -> Callable[[str], float]:
    return lambda text: composition(text).share(materials.MATERIALS[code])


@cache
def _material_by(tariff: int) -> Callable[[str], float]:
    return lambda code: materials.content(code, tariff).material


@cache
def content_by(tariff: int) -> Callable[[str], float]:
    """Reader of the content of goods of an HTSUS number; NaN where no material is named."""
    return lambda code: materials.content(code, tariff).share


@shared
def log_prices(lines: Lines) -> dict[str, Floats]:
    """ln of value per unit and of value per kg (n,) each; NaN where a part is missing or zero."""
    value = positive(lines.numbers["entered_value_usd"])
    return {"unit": np.log(value / units(lines)), "kilo": np.log(value / kilograms(lines))}


@shared
def log_freight(lines: Lines) -> Floats:
    """ln of freight and charges per kg (n,); NaN where a part is missing or zero."""
    return np.log(positive(lines.numbers["charges_usd"]) / positive(lines.numbers["gross_weight_kg"]))

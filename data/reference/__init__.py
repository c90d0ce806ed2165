"""Reference tables: small, dated, each row with its public source (`SOURCES.md`).

A table is read on first use and kept. `orders` and `materials` say what was known of them on a day: what became public
(`known_from`) on an earlier one. Their `days` are numpy `datetime64[D]`, one per line; answers are one per line, NaN
where nothing was known.
"""

from collections.abc import Collection
from functools import cache

from originrisk.data.reference.rows import (
    Country,
    CountryName,
    Document,
    Exposure,
    ForeignPort,
    Instrument,
    LegalDate,
    Listing,
    Material,
    MaterialFactor,
    MaterialPrice,
    MaterialWord,
    ScopePrefix,
    Unit,
    UsPort,
    Wave,
    XinjiangPlace,
    XinjiangShare,
)
from originrisk.data.reference.table import reader

countries = reader("countries", Country)
country_names = reader("country_names", CountryName)
foreign_ports = reader("schedule_k_ports", ForeignPort)
us_ports = reader("schedule_d_ports", UsPort)
units = reader("units", Unit)
legal_dates = reader("legal_dates", LegalDate)
scope = reader("scope", ScopePrefix)
instruments = reader("instruments", Instrument)
exposures = reader("exposure", Exposure)
xinjiang_shares = reader("xinjiang_share", XinjiangShare)
named_materials = reader("materials", Material)
documents = reader("documents", Document)
material_prices = reader("material_price", MaterialPrice)
xinjiang_places = reader("xinjiang_places", XinjiangPlace)
listings = reader("listed", Listing)
material_words = reader("material_words", MaterialWord)
material_factors = reader("material_factors", MaterialFactor)
uflpa_waves = reader("uflpa_waves", Wave)


@cache
def countries_by_alpha_2() -> dict[str, Country]:
    return {country.alpha_2: country for country in countries()}


@cache
def countries_by_schedule_k_prefix() -> dict[str, tuple[str, ...]]:
    """Three digits to the ISO alpha-2 codes of the countries whose ports begin with them."""
    found: dict[str, tuple[str, ...]] = {}
    for country in countries():
        for prefix in country.schedule_k_prefixes:
            found[prefix] = (*found.get(prefix, ()), country.alpha_2)
    return found


@cache
def foreign_ports_by_code() -> dict[str, ForeignPort]:
    return {port.code: port for port in foreign_ports()}


@cache
def us_ports_by_code() -> dict[str, UsPort]:
    return {port.code: port for port in us_ports()}


@cache
def places_by_name() -> dict[str, XinjiangPlace]:
    return {place.name: place for place in xinjiang_places()}


def country_of_schedule_k(code: str) -> str | None:
    """ISO alpha-2 of a foreign port.

    A listed port tells its country; else the first three digits do, unless several countries share them (the
    Leeward Islands, Croatia and Slovenia) or they stand for military ports (920): then None.
    """
    if port := foreign_ports_by_code().get(code):
        return port.country
    countries = countries_by_schedule_k_prefix().get(code[:3], ())
    return countries[0] if len(countries) == 1 else None


def longest_prefix(code: str, prefixes: Collection[str]) -> str | None:
    """The narrowest of `prefixes` that a tariff number begins with, of any number of digits, or None."""
    return next((code[:end] for end in range(len(code), 1, -1) if code[:end] in prefixes), None)

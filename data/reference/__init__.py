"""Reference tables: small, dated, each row with its public source (`SOURCES.md`).

A table is read on first use and kept. `orders` and `materials` say what was known of them on a day: what became public
(`known_from`) on an earlier one. Their `days` are numpy `datetime64[D]`, one per line; answers are one per line, NaN
where nothing was known.
"""

from collections.abc import Collection
from functools import cache

from originrisk.data.reference.rows import (
    Country,
    Exposure,
    ForeignPort,
    Instrument,
    LegalDate,
    Listing,
    Material,
    MaterialFactor,
    MaterialPrice,
    MaterialWord,
    Place,
    ScopePrefix,
    Unit,
    UsPort,
    Wave,
    XinjiangShare,
)
from originrisk.data.reference.table import read


def countries() -> tuple[Country, ...]:
    return read("countries", Country)


def foreign_ports() -> tuple[ForeignPort, ...]:
    return read("schedule_k_ports", ForeignPort)


def us_ports() -> tuple[UsPort, ...]:
    return read("schedule_d_ports", UsPort)


def units() -> tuple[Unit, ...]:
    return read("units", Unit)


def legal_dates() -> tuple[LegalDate, ...]:
    return read("legal_dates", LegalDate)


def scope() -> tuple[ScopePrefix, ...]:
    return read("scope", ScopePrefix)


def instruments() -> tuple[Instrument, ...]:
    return read("instruments", Instrument)


def exposures() -> tuple[Exposure, ...]:
    return read("exposure", Exposure)


def xinjiang_shares() -> tuple[XinjiangShare, ...]:
    return read("xinjiang_share", XinjiangShare)


def named_materials() -> tuple[Material, ...]:
    return read("materials", Material)


def material_prices() -> tuple[MaterialPrice, ...]:
    return read("material_price", MaterialPrice)


def xinjiang_places() -> tuple[Place, ...]:
    return read("xinjiang_places", Place)


def listings() -> tuple[Listing, ...]:
    return read("listed", Listing)


def material_words() -> tuple[MaterialWord, ...]:
    return read("material_words", MaterialWord)


def material_factors() -> tuple[MaterialFactor, ...]:
    return read("material_factors", MaterialFactor)


def uflpa_waves() -> tuple[Wave, ...]:
    return read("uflpa_waves", Wave)


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
def places_by_name() -> dict[str, Place]:
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

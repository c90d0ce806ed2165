"""Places: countries as stable numbers, the country of a port, and Xinjiang in an address."""

from functools import cache, lru_cache
from math import nan
from typing import Final

import numpy as np

from originrisk.data import reference
from originrisk.data.identifiers.manufacturer_id import parse
from originrisk.data.identifiers.postal_code import is_chinese, is_xinjiang
from originrisk.data.reference import country_of_schedule_k
from originrisk.features.lines import Bools, Floats, Lines
from originrisk.features.names import syllables

_LONGEST_PLACE: Final = 5
_STREETS: Final = frozenset(
    {"ROAD", "RD", "STREET", "STR", "ST", "AVENUE", "AVE", "LU", "JIE", "DADAO", "DAJIE", "LANE", "BLVD", "BOULEVARD"}
)
_DIRECTIONS: Final = frozenset(
    {"N", "S", "E", "W", "M", "NO", "NORTH", "SOUTH", "EAST", "WEST", "MIDDLE", "CENTRAL"}
    | {"BEI", "NAN", "DONG", "XI", "ZHONG", "YI", "ER", "SAN", "FIRST", "SECOND", "THIRD"}
)


def country_number(code: str) -> float:
    """A number for an ISO alpha-2 code, the same in every run: AA is 0, ZZ is 675; NaN for anything else."""
    if len(code) != 2 or not (code.isascii() and code.isalpha()):
        return nan
    first, second = code.upper().encode()
    return float((first - ord("A")) * 26 + second - ord("A"))


def lading_country(port: str) -> float:
    """Number of the country of a Schedule K port; NaN if the port does not tell it."""
    country = country_of_schedule_k(port)
    return nan if country is None else country_number(country)


@cache
def _regions() -> list[str]:
    return sorted({country.region for country in reference.countries()})


@lru_cache(1 << 14)
def names_xinjiang(text: str) -> float:
    """1 where a text names a place in Xinjiang, 0.5 where the name is also another place's, 0 where it names none.

    A street that is called after a place says nothing: there is an Urumqi Road in Qingdao and in Shanghai.
    """
    words = syllables(text)
    spans = [(start, start + n) for n in range(1, _LONGEST_PLACE + 1) for start in range(len(words) - n + 1)]
    found = [
        place
        for start, end in spans
        if (place := reference.places_by_name().get("".join(words[start:end]))) and not _street(words[end:])
    ]
    return 0.0 if not found else 1.0 if any(place.collides_with is None for place in found) else 0.5


def _street(following: list[str]) -> bool:
    """Whether the words after a name make it that of a street: `ROAD`, `N. RD`, `MIDDLE ROAD`, `ZHONG LU`."""
    while following and (following[0] in _DIRECTIONS or following[0][0].isdigit()):
        following = following[1:]
    return bool(following) and following[0] in _STREETS


def maker_in_china(lines: Lines) -> Bools:
    """Where the maker is in China (n,): by the country of the MID, whatever origin is declared; without a MID by it."""
    mid = lines.texts["manufacturer_id"]
    made, declared = mid.says(_of_china), lines.texts["country_of_origin"].says("CN".__eq__)
    return np.where(mid.null, declared, made)


def _of_china(mid: str) -> bool:
    parsed = parse(mid)
    return parsed is not None and parsed.country == "CN"


def _of_another_province(code: str) -> bool:
    return is_chinese(code) and not is_xinjiang(code)


def maker_in_xinjiang(lines: Lines) -> Floats:
    """How clearly the maker is declared to be in Xinjiang (n,): 1, 0.5 (see `names_xinjiang`) or 0.

    By city or postal code; by the street line alone only where neither is declared, else 0.5 at the most. So is a city
    with the postal code of another province: there is a Xinjiang County in Shanxi. Of a maker elsewhere a name that
    other places share says nothing: there is an Aksu in Turkey.
    """
    city, code = lines.texts["manufacturer_city"], lines.texts["manufacturer_postal_code"]
    china = maker_in_china(lines)
    elsewhere = china & code.says(_of_another_province)
    told = (text.read(names_xinjiang, 0.0) for text in (city, lines.texts["manufacturer_address"]))
    named, street = (np.where(china, found, np.floor(found)) for found in told)
    place = np.maximum(np.where(elsewhere, np.minimum(named, 0.5), named), china & code.says(is_xinjiang))
    return np.maximum(place, np.where(city.null & code.null, street, np.minimum(street, 0.5)))

"""The MID: whether it is well formed, how old, and whether it agrees with what else is declared."""

import numpy as np

from data.identifiers import manufacturer_id
from data.identifiers.manufacturer_id_rules import city_part, number_part
from features.feature import feature, read
from features.keys import Keys, hashed_all
from features.known import Known
from features.lines import Floats, Lines
from features.places import country_number
from features.readings import Reading, count


@feature(
    "supplier",
    "days",
    "The MID was first seen {value:.0f} days after the maker's name.",
    missing="name or MID new",
)
def mid_younger_than_name(lines: Lines, known: Known) -> Floats:
    """Days by which the MID is younger than the maker's name."""
    return known.since("maker.first") - known.since("mid.first")


@read("supplier", "MIDs", "{value:.0f} MIDs share this country and name part.")
def near_mids() -> Reading:
    """Distinct MIDs seen with the same country and name part, whatever number and city."""
    return count("mid_stem.partners.mid")


def _malformed(mid: str) -> bool:
    return manufacturer_id.parse(mid) is None


@feature("supplier", "yes/no", "The MID is not well formed.", missing="no MID")
def mid_malformed(lines: Lines, known: Known) -> Floats:
    """The MID does not follow the rule of 19 CFR 102."""
    return lines.texts["manufacturer_id"].read(_malformed, np.nan)


def _mid_country(mid: str) -> float:
    parsed = manufacturer_id.parse(mid)
    return np.nan if parsed is None else country_number(parsed.origin)


@feature("supplier", "yes/no", "The MID names another country than the declared origin.", missing="no MID")
def mid_of_other_country(lines: Lines, known: Known) -> Floats:
    """The MID's country is not the declared origin."""
    country = lines.texts["manufacturer_id"].read(_mid_country, np.nan)
    declared = lines.texts["country_of_origin"].read(country_number, np.nan)
    return np.where(np.isnan(country), np.nan, country != declared)


@feature(
    "supplier", "yes/no", "The MID is made in China, though another origin is declared.", missing="no MID"
)
def mid_of_china(lines: Lines, known: Known) -> Floats:
    """The MID's country is China."""
    country = lines.texts["manufacturer_id"].read(_mid_country, np.nan)
    return np.where(np.isnan(country), np.nan, country == country_number("CN"))


def _mid_number(mid: str) -> str:
    parsed = manufacturer_id.parse(mid)
    return "" if parsed is None else parsed.number


def _mid_city(mid: str) -> str:
    parsed = manufacturer_id.parse(mid)
    return "" if parsed is None else parsed.city


@feature(
    "supplier",
    "parts",
    "{value:.0f} parts of the MID (street number, city) differ from the declared address.",
    missing="no MID or no address",
)
def mid_against_address(lines: Lines, known: Known) -> Floats:
    """Parts of the MID, street number and city, that are not those of the declared address."""
    mid, address, place = (lines.texts[f"manufacturer_{cell}"] for cell in ("id", "address", "city"))
    cells = [(mid, _mid_number), (address, number_part), (mid, _mid_city), (place, city_part)]
    of_mid, of_address, mid_city, of_city = hashed_all(cells)
    number, city = _unlike(of_mid, of_address), _unlike(mid_city, of_city)
    return np.where(np.isnan(number) & np.isnan(city), np.nan, np.nan_to_num(number) + np.nan_to_num(city))


def _unlike(first: Keys, second: Keys) -> Floats:
    return np.where((first == 0) | (second == 0), np.nan, first != second)

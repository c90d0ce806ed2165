"""The MID: whether it is well formed, how old, and whether it agrees with what else is declared."""

import numpy as np

from originrisk.data.identifiers import manufacturer_id
from originrisk.data.identifiers.manufacturer_id import CITY_STATES, city_part, number_part
from originrisk.features.feature import feature, read
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines
from originrisk.features.places import country_number
from originrisk.features.readings import Reading, count


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


def _as_number(part: str) -> float:
    """A part of a MID, a few letters or digits, as a number of its own; NaN where it is empty."""
    return float(int.from_bytes(part.encode())) if part else np.nan


def _mid_number(mid: str) -> float:
    parsed = manufacturer_id.parse(mid)
    return np.nan if parsed is None else _as_number(parsed.number)


def _mid_city(mid: str) -> float:
    parsed = manufacturer_id.parse(mid)
    return np.nan if parsed is None else _as_number(parsed.city)


def _number_of(address: str) -> float:
    return _as_number(number_part(address))


def _city_of(city: str) -> float:
    return _as_number(city_part(city))


def _city_state(mid: str) -> float:
    """The city of every MID of Hong Kong, Macao or Singapore, whatever city is declared; NaN elsewhere."""
    parsed = manufacturer_id.parse(mid)
    return np.nan if parsed is None else _as_number(CITY_STATES.get(parsed.country, ""))


@feature(
    "supplier",
    "parts",
    "{value:.0f} parts of the MID (street number, city) differ from the declared address.",
    missing="no MID or no address",
)
def mid_against_address(lines: Lines, known: Known) -> Floats:
    """Parts of the MID, street number and city, that are not those of the declared address."""
    mid, address, place = (lines.texts[f"manufacturer_{cell}"] for cell in ("id", "address", "city"))
    pairs = ((mid, _mid_number), (address, _number_of)), ((mid, _mid_city), (place, _city_of))
    parts = np.array([[text.read(part, np.nan) for text, part in pair] for pair in pairs])
    state = mid.read(_city_state, np.nan)
    parts[1, 1] = np.where(np.isnan(state) | np.isnan(parts[1, 1]), parts[1, 1], state)
    known_to_both = ~np.isnan(parts).any(axis=1)
    unlike = known_to_both & (parts[:, 0] != parts[:, 1])
    return np.where(known_to_both.any(axis=0), unlike.sum(axis=0), np.nan)

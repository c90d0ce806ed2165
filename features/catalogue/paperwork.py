"""Paperwork: what is missing, malformed or contradicts itself."""

from typing import Final

import numpy as np

from originrisk.data.identifiers import postal_code
from originrisk.data.identifiers.manufacturer_id import CITY_STATES, city_part, number_part, parse
from originrisk.features.catalogue.feature import Feature
from originrisk.features.declared import made_in
from originrisk.features.descriptions import word_count
from originrisk.features.history.view import PointInTimeView
from originrisk.features.lines import Floats, Ints, Lines, entry_dates
from originrisk.features.places import country_number, maker_in_china, maker_in_xinjiang, names_xinjiang

_CHINA: Final = country_number("CN")


def _malformed(mid: str) -> bool:
    return parse(mid) is None


def _country(mid: str) -> float:
    parsed = parse(mid)
    return np.nan if parsed is None else country_number(parsed.origin)


def _mid_against_origin(lines: Lines, _view: PointInTimeView) -> Floats:
    mid, declared = lines.texts["manufacturer_id"].read(_country, np.nan), made_in(lines)
    unlike = (mid != declared) * (1.0 + (mid == _CHINA))
    return np.where(np.isnan(mid) | np.isnan(declared), np.nan, unlike)


def _as_number(part: str) -> float:
    """A part of a MID, a few letters or digits, as a number of its own; NaN where it is empty."""
    return float(int.from_bytes(part.encode())) if part else np.nan


def _mid_number(mid: str) -> float:
    parsed = parse(mid)
    return np.nan if parsed is None else _as_number(parsed.number)


def _mid_city(mid: str) -> float:
    parsed = parse(mid)
    return np.nan if parsed is None else _as_number(parsed.city)


def _city_state(mid: str) -> float:
    """The city of every MID of Hong Kong, Macao or Singapore, whatever city is declared; NaN elsewhere."""
    parsed = parse(mid)
    return np.nan if parsed is None else _as_number(CITY_STATES.get(parsed.country, ""))


def _number_of(address: str) -> float:
    return _as_number(number_part(address))


def _city_of(city: str) -> float:
    return _as_number(city_part(city))


def _mid_against_address(lines: Lines, _view: PointInTimeView) -> Floats:
    mid, address, place = (lines.texts[f"manufacturer_{cell}"] for cell in ("id", "address", "city"))
    pairs = ((mid, _mid_number), (address, _number_of)), ((mid, _mid_city), (place, _city_of))
    parts = np.array([[text.read(part, np.nan) for text, part in pair] for pair in pairs])
    state = mid.read(_city_state, np.nan)
    parts[1, 1] = np.where(np.isnan(state) | np.isnan(parts[1, 1]), parts[1, 1], state)
    known_to_both = ~np.isnan(parts).any(axis=1)
    unlike = known_to_both & (parts[:, 0] != parts[:, 1])
    return np.where(known_to_both.any(axis=0), unlike.sum(axis=0), np.nan)


def _maker_in_xinjiang(lines: Lines, _view: PointInTimeView) -> Floats:
    # of names of firms only places that are nothing else: Emin and Manas are given names, too
    named = lines.texts["manufacturer_name"].says(lambda text: names_xinjiang(text) == 1)
    return np.maximum(named, maker_in_xinjiang(lines))


def _postal_state(lines: Lines, _view: PointInTimeView) -> Ints:
    missing = postal_code.RegionAlert.MISSING
    given = lines.texts["manufacturer_postal_code"].read(postal_code.state_of, missing)
    return postal_code.region_alert(maker_in_china(lines), given, entry_dates(lines)).astype(np.int64)


_CELLS: Final = (
    *(f"manufacturer_{part}" for part in ("id", "name", "address", "city")),
    "seller_name",
    "consolidator_name",
)


def _undeclared_parties(lines: Lines, _view: PointInTimeView) -> Ints:
    empty: Ints = np.add.reduce([lines.texts[name].null.astype(np.int64) for name in _CELLS])
    return empty


# fmt: off
FEATURES: Final[tuple[Feature, ...]] = (
    Feature("paperwork", "mid_malformed", "yes/no",
            "The MID does not follow the rule of 19 CFR 102.",
            lambda lines, _: lines.texts['manufacturer_id'].read(_malformed, np.nan), "no MID"),
    Feature("paperwork", "mid_against_origin", "grade",
            "The MID's country is not the declared origin: 1; it is China, though another origin is declared: 2.",
            _mid_against_origin, "no MID, or no origin"),
    Feature("paperwork", "mid_against_address", "parts",
            "Parts of the MID, street number and city, that are not those of the declared address.",
            _mid_against_address, "no MID or no address"),
    Feature("paperwork", "maker_in_xinjiang", "likeness",
            "Maker's name, city, postal code or address is of Xinjiang: 1 if clear, 0.5 if an address is shared.",
            _maker_in_xinjiang, monotone=1, version=3),
    Feature("paperwork", "postal_state", "state",
            "Postal code of a maker in China, by MID or else origin: not required, missing, invalid, other, Xinjiang.",
            _postal_state, kind="category", dated=True),
    Feature("paperwork", "undeclared_parties", "cells",
            "Empty cells among MID, maker's name, address, city, seller and consolidator.",
            _undeclared_parties),
    Feature("paperwork", "description_words", "words",
            "Words in the description; few are vague.",
            lambda lines, _: lines.texts['description'].read(word_count, np.nan), "no description"),
)
# fmt: on

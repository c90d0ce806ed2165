"""What a line declares of its way: countries, ports, transport and type of entry."""

import numpy as np

from originrisk.features import route
from originrisk.features.feature import feature
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines
from originrisk.features.places import lading_region


def code_number(text: str) -> float:
    """A code of digits as a number; NaN for any other."""
    return float(text) if text.isdigit() else np.nan


@feature("lane", "country", "The declared origin.", kind="category")
def origin(lines: Lines, known: Known) -> Floats:
    """Declared country of origin."""
    return route.made_in(lines)


@feature("lane", "country", "The country of export.", kind="category")
def export_country(lines: Lines, known: Known) -> Floats:
    """Country of export."""
    return route.exported_from(lines)


@feature("lane", "country", "The country of the foreign port of lading.", kind="category")
def loaded_in(lines: Lines, known: Known) -> Floats:
    """Country of the foreign port of lading (Schedule K)."""
    return route.loaded_in(lines)


@feature("lane", "region", "The part of the world in which the goods were loaded.", kind="category")
def loading_region(lines: Lines, known: Known) -> Floats:
    """Region of the world of the port of lading."""
    return lines.texts["port_of_lading"].read(lading_region, np.nan)


@feature("lane", "code", "The mode of transport is {value:.0f}.", kind="category")
def transport(lines: Lines, known: Known) -> Floats:
    """Mode of transport: vessel, rail, truck, air, mail."""
    return lines.texts["mode_of_transport"].read(code_number, np.nan)


def _district(port: str) -> float:
    return code_number(port[:2])


@feature("lane", "district", "The US customs district of entry is {value:.0f}.", kind="category")
def entry_district(lines: Lines, known: Known) -> Floats:
    """US customs district of the port of entry (first two digits of Schedule D)."""
    return lines.texts["port_of_entry"].read(_district, np.nan)


@feature("lane", "code", "The entry is of type {value:.0f}.", kind="category")
def entry_type(lines: Lines, known: Known) -> Floats:
    """CBP entry type."""
    return lines.texts["entry_type"].read(code_number, np.nan)

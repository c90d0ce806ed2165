"""Signs of transshipment: parts of the way that disagree, hubs, and goods that move on."""

import numpy as np

from originrisk.features import route
from originrisk.features.feature import feature, read
from originrisk.features.history.view import Known
from originrisk.features.lane.declared import code_number
from originrisk.features.lines import Bools, Floats, Lines
from originrisk.features.places import country_number, on_land_border
from originrisk.features.readings import Reading, share

_CANADA, _MEXICO = country_number("CA"), country_number("MX")


def _differs(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first) | np.isnan(second), np.nan, first != second)


@feature("lane", "yes/no", "The goods were exported from another country than they were made in.")
def exported_elsewhere(lines: Lines, known: Known) -> Floats:
    """Country of export is not the declared origin."""
    return _differs(route.made_in(lines), route.exported_from(lines))


@feature("lane", "yes/no", "The goods were loaded in another country than they were exported from.")
def loaded_elsewhere(lines: Lines, known: Known) -> Floats:
    """Port of lading lies in another country than the country of export."""
    return _differs(route.loaded_in(lines), route.exported_from(lines))


@feature(
    "lane", "yes/no", "The goods are not declared as Chinese, yet were exported from or loaded in China."
)
def passed_through_china(lines: Lines, known: Known) -> Bools:
    """Declared elsewhere, but exported from or loaded in China, Hong Kong or Macau."""
    return route.through_china(lines)


@feature(
    "lane", "days", "The goods entered {value:.0f} days after export.", missing="export date not declared"
)
def days_in_transit(lines: Lines, known: Known) -> Floats:
    """Days from export to entry."""
    export = lines.days["export_date"]
    return np.where(export >= 0, lines.days["entry_date"] - export, np.nan)


@read(
    "lane",
    "share",
    "{value:.0%} of the past year's lines by this port of lading were made in another country.",
    missing="port not seen",
)
def hub_share() -> Reading:
    """Share of the lines by the port of lading in the past 365 days that were made elsewhere: high at hubs."""
    return share("lading.abroad.365", "lading.lines.365")


@feature(
    "lane", "yes/no", "Goods from overseas entered at a port on a land border.", missing="port not known"
)
def overseas_over_land(lines: Lines, known: Known) -> Floats:
    """Entered at a port on a land border, though made neither in Canada nor in Mexico."""
    land = lines.texts["port_of_entry"].read(on_land_border, np.nan)
    made_in = route.made_in(lines)
    neighbour = (made_in == _CANADA) | (made_in == _MEXICO)
    return np.where(np.isnan(land), np.nan, (land > 0) & ~neighbour)


@feature("lane", "yes/no", "The goods were unladen at another port than the one of entry.")
def unladen_elsewhere(lines: Lines, known: Known) -> Floats:
    """Port of unlading is not the port of entry: the goods moved on in bond."""
    unlading, entry = lines.texts["port_of_unlading"].read(code_number, np.nan), lines.texts["port_of_entry"]
    return _differs(unlading, entry.read(code_number, np.nan))

"""How many lines took the way before, and whether they grow."""

from originrisk.features.feature import read
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats
from originrisk.features.readings import Reading, count, share


def _growth(key: str) -> Reading:
    return Reading(_against_usual, (f"{key}.lines.90", f"{key}.lines.365"))


def _against_usual(_known: Known, quarter: Floats, year: Floats) -> Floats:
    return (4 * quarter + 1) / (year + 1)


@read("lane", "lines", "This way (origin, export, port of lading) had {value:.0f} lines in the past year.")
def lane_lines() -> Reading:
    """Lines of the same origin, country of export and port of lading in the past 365 days."""
    return count("origin*export*lading.lines.365")


@read(
    "lane",
    "share",
    "{value:.0%} of the past year's lines of this origin came this way.",
    missing="origin not seen",
)
def lane_share_of_origin() -> Reading:
    """Share of the origin's lines of the past 365 days that came by this lane."""
    return share("origin*export*lading.lines.365", "origin.lines.365")


@read("lane", "ratio", "This way carried {value:.2f} times as many lines lately as in the year before.")
def lane_growth() -> Reading:
    """Lines of the lane in the past 90 days, times four, against the past 365 days (1 is steady)."""
    return _growth("origin*export*lading")


@read("lane", "ratio", "This origin sent {value:.2f} times as many such goods lately as in the year before.")
def goods_origin_growth() -> Reading:
    """Lines of the same HTS-6 and origin in the past 90 days, times four, against the past 365 days."""
    return _growth("hts6*origin")


@read("lane", "lines", "Such goods had {value:.0f} lines this way before.")
def lane_goods_lines() -> Reading:
    """Lines of the heading on the lane, ever."""
    return count("origin*export*lading*hts4.lines.ever")


@read("lane", "lines", "The supplier had {value:.0f} lines by this port of lading before.")
def supplier_lines_by_port() -> Reading:
    """Lines of the supplier by the same port of lading, ever."""
    return count("supplier*lading.lines.ever")


@read("lane", "lines", "The importer had {value:.0f} lines by this port of lading before.")
def importer_lines_by_port() -> Reading:
    """Lines of the importer by the same port of lading, ever."""
    return count("importer*lading.lines.ever")

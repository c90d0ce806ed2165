"""What examinations known by then found on the way, shrunk to what surrounds it."""

from originrisk.features.feature import read
from originrisk.features.readings import Reading, rate


@read(
    "lane",
    "share",
    "{value:.1%} of known examinations of this lane found Xinjiang inputs (shrunk).",
    monotone=1,
)
def lane_found_rate() -> Reading:
    """Share of known examinations of the lane that found Xinjiang inputs, shrunk to that of its origin."""
    return rate("origin", "origin*export*lading")


@read(
    "lane",
    "share",
    "{value:.1%} of known examinations of such goods on this lane found Xinjiang inputs.",
    monotone=1,
)
def lane_goods_found_rate() -> Reading:
    """Share of known examinations of the heading on the lane that found Xinjiang inputs, shrunk to the lane's."""
    return rate("origin", "origin*export*lading", "origin*export*lading*hts4")


@read(
    "lane",
    "share",
    "{value:.1%} of known examinations of this port and heading found Xinjiang inputs.",
    monotone=1,
)
def lading_goods_found_rate() -> Reading:
    """Share of known examinations of the heading from the port of lading that found Xinjiang inputs, shrunk."""
    return rate("hts4", "lading*hts4")


@read(
    "lane",
    "share",
    "{value:.1%} of known examinations of this origin at this port found Xinjiang inputs.",
    monotone=1,
)
def entry_port_found_rate() -> Reading:
    """Share of known examinations of the origin at the port of entry that found Xinjiang inputs, shrunk."""
    return rate("origin", "origin*entry_port")

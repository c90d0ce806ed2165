"""What examinations known by then found in such goods, shrunk to wider groups of goods."""

from originrisk.features.feature import read
from originrisk.features.readings import Reading, rate


@read(
    "commodity",
    "share",
    "{value:.1%} of known examinations of the heading found Xinjiang inputs.",
    monotone=1,
)
def heading_found_rate() -> Reading:
    """Share of examinations of the heading that found Xinjiang inputs, shrunk to the general share."""
    return rate("hts4")


@read(
    "commodity",
    "share",
    "{value:.1%} of known examinations of heading and origin found Xinjiang inputs.",
    monotone=1,
)
def heading_origin_found_rate() -> Reading:
    """Share of examinations of heading and origin that found Xinjiang inputs, shrunk to the heading's."""
    return rate("hts4", "hts4*origin")


@read(
    "commodity",
    "share",
    "{value:.1%} of known examinations of these goods and origin found Xinjiang inputs.",
    monotone=1,
)
def goods_origin_found_rate() -> Reading:
    """Share of examinations of HTS-6 and origin that found Xinjiang inputs, shrunk to heading and origin."""
    return rate("hts4", "hts4*origin", "hts6*origin")


@read(
    "commodity",
    "share",
    "{value:.1%} of known examinations of these very goods found Xinjiang inputs.",
    monotone=1,
)
def hts10_found_rate() -> Reading:
    """Share of examinations of the HTSUS number that found Xinjiang inputs, shrunk to its heading."""
    return rate("hts4", "hts10")


@read(
    "commodity",
    "share",
    "{value:.1%} of known examinations of goods described like this found Xinjiang inputs.",
    monotone=1,
)
def description_found_rate() -> Reading:
    """Share of examinations of goods with this very description that found Xinjiang inputs, shrunk to HTSUS."""
    return rate("hts4", "hts10", "text")

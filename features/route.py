"""Countries of a line on its way: where it says it was made, exported and loaded."""

import numpy as np

from originrisk.features.lines import Bools, Floats, Lines, shared
from originrisk.features.places import country_number, lading_country

CHINA = [country_number(code) for code in ("CN", "HK", "MO")]


@shared
def made_in(lines: Lines) -> Floats:
    """Number of the declared origin (n,)."""
    return lines.texts["country_of_origin"].read(country_number, np.nan)


@shared
def exported_from(lines: Lines) -> Floats:
    """Number of the country of export (n,)."""
    return lines.texts["country_of_export"].read(country_number, np.nan)


@shared
def loaded_in(lines: Lines) -> Floats:
    """Number of the country of the foreign port of lading (n,)."""
    return lines.texts["port_of_lading"].read(lading_country, np.nan)


@shared
def declared_in_china(lines: Lines) -> Bools:
    """True where the declared origin is China, Hong Kong or Macau (n,)."""
    return _in_china(made_in(lines))


@shared
def through_china(lines: Lines) -> Bools:
    """True where another origin is declared, but the goods were exported from or loaded in China (n,)."""
    passed = _in_china(exported_from(lines)) | _in_china(loaded_in(lines))
    return passed & ~declared_in_china(lines)


@shared
def loaded_abroad(lines: Lines) -> Bools:
    """True where the port of lading lies in another country than the declared origin (n,)."""
    both_known = ~np.isnan(loaded_in(lines)) & ~np.isnan(made_in(lines))
    differs: Bools = both_known & (loaded_in(lines) != made_in(lines))
    return differs


def _in_china(countries: Floats) -> Bools:
    there: Bools = np.logical_or.reduce([countries == number for number in CHINA])
    return there

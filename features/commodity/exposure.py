"""Exposure: how much of a country's cotton input is likely from Xinjiang, by what was known of trade and output."""

import numpy as np

from originrisk.data.reference import materials
from originrisk.features.commodity.cotton import likely_cotton
from originrisk.features.feature import feature
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines, entry_dates, shared


@feature(
    "commodity",
    "share",
    "About {value:.0%} of this country's cotton input is likely from Xinjiang.",
    missing="no figure",
    dated=True,
)
def country_exposure(lines: Lines, known: Known) -> Floats:
    """Share of the origin's cotton input through China, times Xinjiang's share of what China's mills use."""
    return _exposure(lines)


@feature(
    "commodity",
    "share",
    "Taking the cotton in the goods and the country's imports, {value:.0%} of the input may be from Xinjiang.",
    missing="no figure",
    monotone=1,
    dated=True,
)
def cotton_exposure(lines: Lines, known: Known) -> Floats:
    """Likely cotton share of the goods times the country's exposure to Xinjiang cotton."""
    return likely_cotton.compute(lines, known) * _exposure(lines)


@shared
def _exposure(lines: Lines) -> Floats:
    countries, days = lines.texts["country_of_origin"].cells(), entry_dates(lines)
    cotton = np.full(lines.size, materials.MATERIALS.index("cotton"))
    return materials.expected_share(cotton, countries, days)

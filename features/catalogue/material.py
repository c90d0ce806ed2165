"""Material: the cotton in the goods by description and tariff, where it may come from, and what the parties trade."""

from functools import partial
from typing import Final

import numpy as np

from originrisk.data.reference import materials, orders
from originrisk.features.catalogue.feature import Feature, mean
from originrisk.features.declared import COTTON, cotton_in_text, families, likely_cotton
from originrisk.features.descriptions import mentions_cotton
from originrisk.features.history.measures import TRADERS
from originrisk.features.history.view import PointInTimeView
from originrisk.features.lines import Bools, Floats, Lines, entry_dates, prefix, shared, within

TEXTILE_CHAPTERS: Final = (50, 63)
_FAMILIES: Final = (*orders.FAMILIES, "none")
SURE_COTTON: Final[Bools] = np.array(
    [name.startswith("cotton") and name != "cotton_possible" for name in _FAMILIES]
)
"""By code of a goods family; the last is that of no family."""


@shared
def lint_per_kilo(lines: Lines) -> Floats:
    """Kilograms of cotton lint in a kilogram of the goods (n,); NaN for goods that are no textile."""
    return likely_cotton(lines) * lines.texts["htsus"].read(_lint_factor, np.nan)


def _lint_factor(code: str) -> float:
    return materials.kilograms("cotton", code)


@shared
def _exposure(lines: Lines) -> Floats:
    countries, days = lines.texts["country_of_origin"].cells(), entry_dates(lines)
    return materials.expected_share(np.full(lines.size, COTTON), countries, days)


def _cotton_exposure(lines: Lines, _view: PointInTimeView) -> Floats:
    return likely_cotton(lines) * _exposure(lines)


def _cotton_only_in_text(lines: Lines, _view: PointInTimeView) -> Bools:
    textile = within(prefix(lines, 2), TEXTILE_CHAPTERS)
    named: Bools = textile & lines.texts["description"].says(mentions_cotton) & ~SURE_COTTON[families(lines)]
    return named


_dated = partial(Feature, "material", unit="share", dated=True)
_usual = partial(Feature, "material", unit="share", missing="no lines in the past year", dated=True)

# fmt: off
FEATURES: Final[tuple[Feature, ...]] = (
    _dated("cotton_exposure",
           meaning="Likely cotton share of the goods times the origin's exposure to Xinjiang cotton.",
           column=_cotton_exposure, missing="no figure", monotone=1),
    _dated("country_exposure",
           meaning="Share of the origin's cotton input through China, times Xinjiang's share of what China's mills "
                   "use.",
           column=lambda lines, _: _exposure(lines), missing="no figure"),
    Feature("material", "described_cotton", "share",
            "Cotton in the goods by the description, 0 to 1.",
            lambda lines, _: cotton_in_text(lines), "the description does not say"),
    _dated("likely_cotton",
           meaning="Cotton by the description, else what goods of the tariff number hold of it, else 0.",
           column=lambda lines, _: likely_cotton(lines)),
    Feature("material", "lint_per_kilo", "kg",
            "Kilograms of lint in a kilogram of the goods: likely cotton times the factor of their kind.",
            lambda lines, _: lint_per_kilo(lines), "no textile", dated=True),
    Feature("material", "cotton_only_in_text", "yes/no",
            "Textile chapter and cotton in the description, yet the tariff number is not one of cotton.",
            _cotton_only_in_text, dated=True),
    _usual("supplier_cotton_mean", meaning="Mean cotton share of the supplier's goods in the past 365 days.",
           column=mean("cotton", "supplier")),
    _usual("trader_cotton_mean",
           meaning="Mean cotton share of goods in the past 365 days: the higher of seller and consolidator.",
           column=mean("cotton", *TRADERS)),
    _usual("importer_cotton_mean", meaning="Mean cotton share of the importer's goods in the past 365 days.",
           column=mean("cotton", "importer")),
)
# fmt: on

"""Cotton in the goods, by description and by tariff number, and where the two disagree."""

from collections.abc import Callable
from functools import cache

import numpy as np

from originrisk.data.reference import materials, orders
from originrisk.features.commodity.scope import by_tariff_of_day, families
from originrisk.features.descriptions import cotton_share, mentions_cotton
from originrisk.features.feature import feature
from originrisk.features.history.view import Known
from originrisk.features.lines import Bools, Floats, Lines, prefix, shared, within

COTTON_FAMILIES: Bools = np.array([family.startswith("cotton") for family in (*orders.FAMILIES, "none")])
"""By code of a family, as in `originrisk.data.reference.orders`; the last is that of no family."""

SURE_COTTON: Bools = COTTON_FAMILIES & (np.array((*orders.FAMILIES, "none")) != "cotton_possible")
TEXTILE_CHAPTERS = (50, 63)


_COTTON = materials.MATERIALS.index("cotton")


@cache
def _cotton_by(tariff: int) -> Callable[[str], float]:
    def cotton(code: str) -> float:
        held = materials.content(code, tariff)
        return held.share if held.material == _COTTON else 0.0

    return cotton


def _lint_factor(code: str) -> float:
    return materials.kilograms("cotton", code)


def _declared_cotton(lines: Lines) -> Bools:
    sure: Bools = SURE_COTTON[families(lines)]
    return sure


@shared
def cotton_in_text(lines: Lines) -> Floats:
    """Cotton share that the description names (n,); NaN where it names none."""
    return lines.texts["description"].read(cotton_share, np.nan)


@feature(
    "commodity", "share", "The description says {value:.0%} cotton.", missing="the description does not say"
)
def described_cotton(lines: Lines, known: Known) -> Floats:
    """Cotton in the goods by the description, 0 to 1."""
    return cotton_in_text(lines)


@feature("commodity", "share", "The goods are taken to be {value:.0%} cotton.", dated=True)
def likely_cotton(lines: Lines, known: Known) -> Floats:
    """Cotton by the description, else what goods of the tariff number hold of it (`scope.csv`), else 0."""
    by_tariff = by_tariff_of_day(lines, _cotton_by, 0.0)
    described = cotton_in_text(lines)
    return np.where(np.isnan(described), by_tariff, described)


@feature(
    "commodity",
    "kg",
    "A kilogram of the goods takes {value:.2f} kg of cotton lint.",
    missing="no textile",
    dated=True,
)
def lint_per_kilo(lines: Lines, known: Known) -> Floats:
    """Kilograms of lint in a kilogram of the goods: likely cotton share times the factor of their kind."""
    return likely_cotton.compute(lines, known) * lines.texts["htsus"].read(_lint_factor, np.nan)


@feature("commodity", "yes/no", "The description names cotton, but the tariff number does not.", dated=True)
def cotton_only_in_text(lines: Lines, known: Known) -> Bools:
    """Textile chapter and cotton in the description, yet the tariff number is not one of cotton."""
    textile = within(prefix(lines, 2), TEXTILE_CHAPTERS)
    return textile & lines.texts["description"].says(mentions_cotton) & ~_declared_cotton(lines)


@feature(
    "commodity",
    "yes/no",
    "The tariff number is one of cotton, but the description names other fibres.",
    dated=True,
)
def cotton_only_in_tariff(lines: Lines, known: Known) -> Bools:
    """The tariff number is one of cotton, yet the description says less than half cotton."""
    little: Bools = cotton_in_text(lines) < 0.5
    return _declared_cotton(lines) & little

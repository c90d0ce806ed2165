"""What the goods are declared as: by tariff number, unit and preference."""

import numpy as np

from originrisk.features.feature import feature
from originrisk.features.history.view import Known
from originrisk.features.lines import APART, OTHER, Bools, Floats, Lines, prefix, unit_dimension


@feature(
    "commodity",
    "chapter",
    "The goods fall under chapter {value:.0f}.",
    kind="category",
    missing="number too short",
)
def chapter(lines: Lines, known: Known) -> Floats:
    """Chapter of the tariff (HTSUS, 2 digits)."""
    number = prefix(lines, 2)
    return np.where(number > 0, number, np.nan)


@feature(
    "commodity",
    "heading",
    "The goods fall under heading {value:.0f}.",
    kind="category",
    missing="number too short",
)
def heading(lines: Lines, known: Known) -> Floats:
    """Heading of the tariff (HTSUS, 4 digits)."""
    number = prefix(lines, 4)
    return np.where(number > 0, number, np.nan)


@feature("commodity", "dimension", "What the first quantity counts.", kind="category", missing="no unit")
def unit(lines: Lines, known: Known) -> Floats:
    """What the first quantity counts: pieces, pairs, kilograms, metres …"""
    dimension = unit_dimension(lines)
    return np.where(dimension > 0, np.where(dimension < APART, dimension, OTHER), np.nan)


@feature("commodity", "yes/no", "A duty preference is claimed.")
def preference_claimed(lines: Lines, known: Known) -> Bools:
    """A special program (duty preference) is claimed."""
    return ~lines.texts["special_program"].null

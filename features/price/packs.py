"""Packs that the description names, and the price if the quantity counts them."""

import numpy as np

from originrisk.features.descriptions import pack_count
from originrisk.features.feature import feature
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines
from originrisk.features.price.benchmark import deviation, fair


@feature("price", "pieces", "The description names packs of {value:.0f}.", missing="no pack named")
def pack(lines: Lines, known: Known) -> Floats:
    """Pieces in a pack by the description, which moves the value per unit."""
    return lines.texts["description"].read(pack_count, np.nan)


@feature(
    "price",
    "spreads",
    "Taken as packs or as pieces, the value per unit is {value:+.1f} spreads from the fair value at best.",
    missing="no quantity, or no like goods seen",
)
def pack_value_deviation(lines: Lines, known: Known) -> Floats:
    """Value per unit against the fair market value, the quantity read as packs where that fits better."""
    as_declared = deviation(lines, known, "unit")
    as_packs = as_declared - np.log(pack.compute(lines, known)) / fair(known, "unit").spread
    return np.where(np.abs(as_packs) < np.abs(as_declared), as_packs, as_declared)

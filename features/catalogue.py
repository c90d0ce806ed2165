"""All features in the order of the model's columns. Training, batch and service read this one list."""

import numpy as np

from features import commodity, lane, links, price, supplier
from features.feature import Feature
from features.graph import surroundings
from features.known import Known
from features.lines import Floats, Lines

CATALOGUE: tuple[Feature, ...] = (
    *lane.FEATURES,
    *price.FEATURES,
    *supplier.FEATURES,
    *commodity.FEATURES,
    *links.FEATURES,
    *surroundings.FEATURES,
)

NAMES: tuple[str, ...] = tuple(feature.name for feature in CATALOGUE)


def compute(lines: Lines, known: Known) -> Floats:
    """Features of each line (n, len(CATALOGUE)), NaN where missing; `known` is what was known before its day."""
    columns = np.empty((lines.size, len(CATALOGUE)))
    for place, feature in enumerate(CATALOGUE):
        columns[:, place] = feature.compute(lines, known)
    return columns

"""All features in the order of the model's columns. Training, batch and service read this one list."""

import numpy as np

from originrisk.features import behind, links
from originrisk.features.commodity.family import FEATURES as COMMODITY
from originrisk.features.feature import Feature
from originrisk.features.graph import surroundings
from originrisk.features.history.view import Known
from originrisk.features.lane.family import FEATURES as LANE
from originrisk.features.lines import Floats, Lines
from originrisk.features.price.family import FEATURES as PRICE
from originrisk.features.readings import Reading, stacks
from originrisk.features.supplier.family import FEATURES as SUPPLIER

CATALOGUE: tuple[Feature, ...] = (
    *LANE,
    *PRICE,
    *SUPPLIER,
    *COMMODITY,
    *links.FEATURES,
    *surroundings.FEATURES,
    *behind.FEATURES,
)

NAMES: tuple[str, ...] = tuple(feature.name for feature in CATALOGUE)

_STACKS = stacks(feature.column for feature in CATALOGUE)
_OTHERS = [place for place, feature in enumerate(CATALOGUE) if not isinstance(feature.column, Reading)]


def compute(lines: Lines, known: Known) -> Floats:
    """Features of each line (n, len(CATALOGUE)), NaN where missing; `known` is what was known before its day."""
    columns = np.empty((len(CATALOGUE), lines.size))
    for stack in _STACKS:
        columns[stack.places] = stack.columns(known)
    for place in _OTHERS:
        columns[place] = CATALOGUE[place].compute(lines, known)
    return np.ascontiguousarray(columns.T)

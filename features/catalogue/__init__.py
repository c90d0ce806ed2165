"""All features in the order of the model's columns. Training, batch and service read this one list."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from originrisk.data.errors import ModelRefusedError, Problem
from originrisk.features.catalogue import findings, goods, links, material, paperwork, parties, price, route
from originrisk.features.catalogue.feature import CountReading, Feature, stacks
from originrisk.features.history.view import PointInTimeView
from originrisk.features.lines import Floats, Lines

CATALOGUE: Final[tuple[Feature, ...]] = (
    *findings.FEATURES,
    *parties.FEATURES,
    *links.FEATURES,
    *material.FEATURES,
    *price.FEATURES,
    *route.FEATURES,
    *goods.FEATURES,
    *paperwork.FEATURES,
)
NAMES: Final[tuple[str, ...]] = tuple(feature.name for feature in CATALOGUE)


class FeatureSet:
    """Features that a model reads, in the order of its columns; no others are computed."""

    def __init__(self, features: Sequence[Feature]) -> None:
        self.features = tuple(features)
        self.names = tuple(feature.name for feature in features)
        self._stacks = stacks(feature.column for feature in features)
        self._others = [(i, one) for i, one in enumerate(features) if not isinstance(one.column, CountReading)]

    def versions(self) -> dict[str, int]:
        """Version of each feature by its name, in order: what `select` takes."""
        return {feature.name: feature.version for feature in self.features}

    def compute(self, lines: Lines, view: PointInTimeView) -> Floats:
        """Features of each line (n, features), NaN where missing; `view` is what was known before its day."""
        columns = np.empty((len(self.features), lines.size))
        for stack in self._stacks:
            columns[stack.places] = stack.columns(view)
        for place, feature in self._others:
            columns[place] = feature.compute(lines, view)
        return np.ascontiguousarray(columns.T)


ALL: Final = FeatureSet(CATALOGUE)


def compute(lines: Lines, view: PointInTimeView) -> Floats:
    """Features of each line (n, len(CATALOGUE)), as `FeatureSet.compute`."""
    return ALL.compute(lines, view)


def select(versions: Mapping[str, int]) -> FeatureSet:
    """The features of these names and versions, in this order.

    Raises ModelRefusedError, which names every feature that the catalogue lacks or gives in another version.
    """
    known = {feature.name: feature for feature in CATALOGUE}
    lacking = [
        f"{name} {version}" + (f" (here: {known[name].version})" if name in known else "")
        for name, version in versions.items()
        if name not in known or known[name].version != version
    ]
    if lacking:
        step = "Train a model with this version, or score with the one that made it."
        expected = "features that the catalogue gives in the version that the model reads"
        raise ModelRefusedError(Problem("features", expected, ", ".join(lacking), step))
    return FeatureSet([known[name] for name in versions])

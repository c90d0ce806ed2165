"""Reasons: the contributions of a line as ranked sentences, what moves the score most first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from originrisk.features.feature import Feature

Floats = npt.NDArray[np.float64]


class Reason(TypedDict):
    """One entry of the `reasons` column. `value` is null where the feature was missing."""

    feature: str
    family: str
    value: float | None
    contribution: float
    text: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a line scores as it does: what raised it, what speaks `against`, and the log-odds before and after all."""

    reasons: list[Reason] = field(default_factory=list)
    against: list[Reason] = field(default_factory=list)
    base_log_odds: float | None = None
    log_odds: float | None = None


def explained(features: Sequence[Feature], values: Floats, contributions: Floats, most: int) -> Explained:
    """One line's explanation, at most `most` features either way; arrays as in `reasons`."""
    return Explained(
        reasons(features, values, contributions, most),
        against(features, values, contributions, most),
        float(contributions[-1]),
        float(contributions.sum()),
    )


def reasons(features: Sequence[Feature], values: Floats, contributions: Floats, most: int) -> list[Reason]:
    """The at most `most` features that raised one line's log-odds, strongest first, ties in catalogue order.

    `values` (features,); `contributions` (features + 1,), the constant last.
    """
    order = np.argsort(-contributions[:-1], kind="stable")[:most]
    return [_reason(features[i], values[i], contributions[i]) for i in order if contributions[i] > 0]


def against(features: Sequence[Feature], values: Floats, contributions: Floats, most: int) -> list[Reason]:
    """The same for the features that lowered the log-odds: contributions below 0, the lowest first."""
    order = np.argsort(contributions[:-1], kind="stable")[:most]
    return [_reason(features[i], values[i], contributions[i]) for i in order if contributions[i] < 0]


def _reason(feature: Feature, value: float, contribution: float) -> Reason:
    return {
        "feature": feature.name,
        "family": feature.family,
        "value": None if math.isnan(value) else float(value),
        "contribution": float(contribution),
        "text": _text(feature, float(value)),
    }


def _within(sentence: str) -> str:
    """A sentence as it stands after a colon; abbreviations keep their capitals."""
    return sentence if sentence[:2].isupper() else sentence[:1].lower() + sentence[1:]


def _text(feature: Feature, value: float) -> str:
    name = feature.name.replace("_", " ").capitalize()
    if math.isnan(value):
        return f"Not known ({feature.missing}): {_within(feature.meaning)}"
    if feature.unit == "yes/no" and value == 0:
        return f"{name}: no."
    times = math.exp(min(value, 700.0)) if feature.unit.startswith("ln") else math.nan
    return feature.sentence.format(value=value, times=times)

"""Checks of a day's scores before they are published: drift from the training's sample, and what they promise."""

from math import sqrt

import numpy as np

from originrisk.data.settings import NightLevels
from originrisk.features.lines import Floats
from originrisk.models.profile import CLUMPED, SCORE, Counts, Profile, expected_auc
from originrisk.serve.night.measure import NOISE, Measure, measure, worst


def check_drift(
    profile: Profile, counts: dict[str, Counts], probability: Floats, levels: NightLevels
) -> list[Measure]:
    """Measures of a day: `counts` of its lines by bin of the profile, and their scores (lines,)."""
    shifts = {name: profile.shift(name, counts[name]) for name in counts}
    score = shifts.pop(SCORE, 0.0)
    limit = levels.feature_drift.warn
    drifting = sum(shift > limit for shift in shifts.values()) if limit is not None else 0
    return [
        worst("feature_drift", levels.feature_drift, shifts),
        measure("drifting_features", levels.drifting_features, drifting / max(1, len(shifts))),
        measure("score_drift", levels.score_drift, score),
        measure("performance", levels.performance, _promised_less(profile, probability)),
    ]


def _promised_less(profile: Profile, probability: Floats) -> float:
    """By how much the AUC that the scores promise lies below the training's, beyond the noise."""
    positive = float(probability.sum())
    negative = len(probability) - positive
    if min(positive, negative) < 1:
        return 0.0
    noise = NOISE * sqrt(CLUMPED * _variance(profile.auc, positive, negative))
    return max(0.0, profile.auc - expected_auc(probability) - noise)


def _variance(auc: float, positive: float, negative: float) -> float:
    """Of an AUC from so many lines (Hanley and McNeil 1982)."""
    first, second = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (positive - 1) * (first - auc**2) + (negative - 1) * (second - auc**2)
    return float(np.maximum(spread, 0.0)) / (positive * negative)

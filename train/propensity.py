"""Who is examined: the chance with which a line like this one is selected, learned from examined and other lines."""

import numpy as np
import numpy.typing as npt

from models.origin_model import Floats
from train.origin_classifier import OriginClassifier

Mask = npt.NDArray[np.bool_]


def propensity(features: Floats, examined: Mask, share: float, seed: int) -> Floats:
    """Chance of examination of each line (lines,), from a small model of its features.

    `share` is the share of the lines never examined that is among these: they stand for the others.
    """
    if examined.all():
        return np.ones(len(examined))
    weight = np.where(examined, 1.0, 1 / share)
    selection = OriginClassifier(
        trees=80,
        learning_rate=0.1,
        least_lines=100,
        feature_share=1.0,
        line_share=0.8,
        random_thresholds=False,
        seeds=(seed,),
    )
    selection.fit(features, examined.astype(np.float64), sample_weight=weight)
    return np.asarray(selection.predict_proba(features)[:, 1], np.float64)


def weights(chance: Floats, floor: float = 0.0) -> Floats:
    """Inverse propensity, capped by `floor`, mean 1: towards the lines that the examined ones stand for.

    For all examined lines `chance` is that of being examined at all; for the random arm alone, that of its draw.
    """
    inverse = 1 / np.maximum(chance, floor)
    return np.asarray(inverse / inverse.mean(), np.float64)

"""Who is examined: the chance with which a line like this one is selected, learned from examined and other lines."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.models.origin_model import Floats
from originrisk.train.origin_classifier import OriginClassifier

Mask = npt.NDArray[np.bool_]

UNRECORDED: Final = 1e-6
"""Stands for the chance of a draw where none was written down: all are alike, and it says nothing of propensity."""


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
        seeds=(2 * seed,),  # even: thresholds are looked for
    )
    selection.fit(features, examined.astype(np.float64), sample_weight=weight)
    return np.asarray(selection.predict_proba(features)[:, 1], np.float64)


def lots(outcomes: pa.Table) -> Floats:
    """Recorded chance of the draw; where none was recorded lines weigh, by its inverse, as the others on average."""
    recorded = np.asarray(outcomes["selection_probability"].to_numpy(), np.float64)
    random = np.asarray(pc.equal(outcomes["selection"], "random"))
    told = recorded > 0
    usual = 1 / (1 / recorded[random & told]).mean() if (random & told).any() else UNRECORDED
    return np.where(random, np.where(told, recorded, usual), np.nan)


def weights(chance: Floats, floor: float = 0.0) -> Floats:
    """Inverse propensity, capped by `floor`, mean 1: towards the lines that the examined ones stand for.

    For all examined lines `chance` is that of being examined at all; for the random arm alone, that of its draw.
    """
    inverse = 1 / np.maximum(chance, floor)
    return np.asarray(inverse / inverse.mean(), np.float64)

"""Log-odds of probabilities."""

import numpy as np
import numpy.typing as npt

from models.origin_model import OriginModel

Floats = npt.NDArray[np.float64]


def logit(probability: Floats) -> Floats:
    """ln of p over 1 - p (n,); infinite where p is 0 or 1."""
    return np.log(probability) - np.log1p(-probability)


def log_odds_of(model: OriginModel, matrix: Floats) -> Floats:
    """Calibrated log-odds (n,) of lines by a model, kept finite: probabilities are held within 1e-12 of 0 and 1."""
    return logit(np.clip(model.probability(matrix), 1e-12, 1 - 1e-12))

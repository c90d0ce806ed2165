"""Log-odds of a model's probabilities."""

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from originrisk.models.origin_model import OriginModel

Floats = npt.NDArray[np.float64]


def log_odds_of(model: OriginModel, matrix: Floats) -> Floats:
    """Calibrated log-odds (n,) of lines by a model, kept finite: probabilities are held within 1e-12 of 0 and 1."""
    log_odds: Floats = logit(np.clip(model.probability(matrix), 1e-12, 1 - 1e-12))
    return log_odds

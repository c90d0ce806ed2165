"""Log-odds of probabilities."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def logit(probability: Floats) -> Floats:
    """ln of p over 1 - p (n,); infinite where p is 0 or 1."""
    return np.log(probability) - np.log1p(-probability)


def finite_logit(probability: Floats) -> Floats:
    """Log-odds (n,) kept finite: probabilities are held within 1e-12 of 0 and 1."""
    return logit(np.clip(probability, 1e-12, 1 - 1e-12))

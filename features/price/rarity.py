"""How rare so low a price is among like goods."""

import numpy as np
from scipy.special import ndtr

from originrisk.features.feature import feature
from originrisk.features.history.tallies import LOW_MEASURES, LOW_STEPS, RARITY_LEVEL
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines
from originrisk.features.price.benchmark import deviation

NORMAL_WEIGHT = 20.0
"""Lines that the normal law counts for in the rarity of a price."""
_STEPS = np.array(LOW_STEPS)
_NORMAL = NORMAL_WEIGHT * ndtr(_STEPS)
_COUNTS = tuple(f"{RARITY_LEVEL}.{name}.365" for name in LOW_MEASURES)


@feature(
    "price",
    "share",
    "{value:.1%} of the past year's lines of such goods were cheaper.",
    missing="no weight, or no like goods seen",
)
def share_cheaper(lines: Lines, known: Known) -> Floats:
    """Share of the past year's lines of the same goods that lay further below their fair value; 0.5 is usual."""
    count = known.count(f"{RARITY_LEVEL}.kilo_n.365")[:, None]
    shares = (known.counts(_COUNTS).T + _NORMAL) / (count + NORMAL_WEIGHT)
    return _between(deviation(lines, known, "kilo"), shares)


def _between(deviations: Floats, shares: Floats) -> Floats:
    """Shares (n, steps) read at deviations (n,), in a straight line between steps; the ends hold beyond them."""
    unknown = np.isnan(deviations)
    near = np.minimum(np.maximum(np.where(unknown, 0.0, deviations), _STEPS[0]), _STEPS[-1])
    right = np.maximum(_STEPS.searchsorted(near), 1)
    left, rows = right - 1, np.arange(len(near))
    part = (near - _STEPS[left]) / (_STEPS[right] - _STEPS[left])
    between = shares[rows, left] * (1 - part) + shares[rows, right] * part
    return np.where(unknown, np.nan, between)

"""How rare so low a price is among like goods."""

import numpy as np
from scipy.special import ndtr

from features.feature import feature
from features.known import Known
from features.lines import Floats, Lines
from features.price.benchmark import deviation
from features.tallies import LOW_MEASURES, LOW_STEPS, RARITY_LEVEL

NORMAL_WEIGHT = 20.0
"""Lines that the normal law counts for in the rarity of a price."""


@feature(
    "price",
    "share",
    "{value:.1%} of the past year's lines of such goods were cheaper.",
    missing="no weight, or no like goods seen",
)
def share_cheaper(lines: Lines, known: Known) -> Floats:
    """Share of the past year's lines of the same goods that lay further below their fair value; 0.5 is usual."""
    count = known.count(f"{RARITY_LEVEL}.kilo_n.365")[:, None]
    under = np.column_stack([known.count(f"{RARITY_LEVEL}.{name}.365") for name in LOW_MEASURES])
    shares = (under + NORMAL_WEIGHT * ndtr(LOW_STEPS)) / (count + NORMAL_WEIGHT)
    return _between(deviation(lines, known, "kilo"), shares)


def _between(deviations: Floats, shares: Floats) -> Floats:
    """Shares (n, steps) read at deviations (n,), in a straight line between steps; the ends hold beyond them."""
    steps = np.array(LOW_STEPS)
    near = np.clip(np.nan_to_num(deviations), steps[0], steps[-1])
    right = np.clip(np.searchsorted(steps, near), 1, len(steps) - 1)
    rows = np.arange(len(near))
    part = (near - steps[right - 1]) / (steps[right] - steps[right - 1])
    between = shares[rows, right - 1] * (1 - part) + shares[rows, right] * part
    return np.where(np.isnan(deviations), np.nan, between)

"""Outcome rates that few examinations can bear: shrunk to the rate of a wider group."""

import numpy as np

from originrisk.features.known import Known
from originrisk.features.lines import Floats, shared

WEIGHT = 5.0
"""Examinations that the wider group counts for."""


def found_rate(known: Known, key: str, parent: Floats, window: str = "ever") -> Floats:
    """Share of known examinations under `key` that found Xinjiang inputs (n,), shrunk to `parent` (n,)."""
    return shrunk(known.count(f"{key}.found.{window}"), known.count(f"{key}.examined.{window}"), parent)


def shrunk(found: Floats, examined: Floats, parent: Floats) -> Floats:
    """Share `found` of `examined` (n,), with WEIGHT examinations more at the rate of `parent` (n,)."""
    return (found + WEIGHT * parent) / (examined + WEIGHT)


@shared
def base_rate(known: Known) -> Floats:
    """Share of all known examinations that found Xinjiang inputs (n,); 0 before the first."""
    found, examined = known.count("everything.found.ever"), known.count("everything.examined.ever")
    return np.where(examined > 0, found / np.maximum(examined, 1), 0.0)

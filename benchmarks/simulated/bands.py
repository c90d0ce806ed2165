"""Whether the band beside a probability holds the true share of the lines of its step."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from originrisk.models.calibration import Calibrator

HEADINGS = ("slice", "steps", "hold the true share", "lines in those", "true lies above", "true lies below")

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def rows(
    calibrator: Calibrator, probability: Floats, truth: Floats, slices: Mapping[str, Mask]
) -> Iterator[tuple[str, ...]]:
    """For each slice: steps of the calibrator with lines in it, and how many hold the true share in their band."""
    step = np.searchsorted(calibrator.edges, probability, side="right") - 1
    lower, upper = calibrator.band(probability)
    for name, chosen in slices.items():
        lines = np.bincount(step[chosen])
        used = np.flatnonzero(lines)
        low, share, high = (_means(step[chosen], part[chosen])[used] for part in (lower, truth, upper))
        held = (low <= share) & (share <= high)
        counts = (int(held.sum()), f"{lines[used][held].sum() / lines.sum():.0%}")
        outside = (int((share > high).sum()), int((share < low).sum()))
        yield name, *map(str, (len(used), *counts, *outside))


def _means(step: npt.NDArray[np.intp], values: Floats) -> Floats:
    return np.bincount(step, values) / np.maximum(np.bincount(step), 1)

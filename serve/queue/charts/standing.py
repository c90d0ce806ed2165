"""A line's probability and its band among those of all lines of the day."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from originrisk.serve.queue.charts.scale import Scale
from originrisk.serve.queue.lines.words import Said

WIDTH: Final = 640
HEIGHT: Final = 130
LEAST: Final = 0.001
"""Probability at the left end; whatever is lower stands there too."""
STEPS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Between these, lines are counted together; about equally far apart on the axis."""


@dataclass(frozen=True, slots=True)
class Column:
    """Lines of the day between two probabilities."""

    low: float
    high: float
    lines: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Standing:
    """`columns` of the day's lines; places of this line's probability and band; how many lines are below it."""

    columns: list[Column]
    ticks: list[tuple[float, float]]
    mark: float
    band: tuple[float, float] | None
    below: int
    width: int = WIDTH
    height: int = HEIGHT


def standing(said: Said, day: "np.ndarray[Any, np.dtype[np.float64]]") -> Standing:
    """Where a probability stands among those of a day (n,), ascending."""
    axis = Scale(LEAST, 1.0, 20, WIDTH - 20, logarithmic=True)
    counts = np.histogram(np.clip(day, LEAST, 1.0), STEPS)[0].tolist()
    bounds = zip(STEPS, STEPS[1:], counts, strict=False)
    columns = [_column(axis, low, high, lines, max(counts)) for low, high, lines in bounds]
    ends = None if said.lower is None or said.upper is None else (axis.at(said.lower), axis.at(said.upper))
    below = int(np.searchsorted(day, said.probability))
    return Standing(
        columns, [(axis.at(tick), tick) for tick in STEPS], axis.at(said.probability), ends, below
    )


def _column(axis: Scale, low: float, high: float, lines: int, most: int) -> Column:
    tall = round(60 * (lines / most) ** 0.5, 1) if lines else 0.0
    return Column(
        low, high, lines, axis.at(low) + 1, 84 - tall, round(axis.at(high) - axis.at(low) - 2, 1), tall
    )

"""Charts of a score: where its probability stands in the day, and the waterfall of its reasons in log-odds."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from originrisk.serve.queue.charts.scale import Scale
from originrisk.serve.queue.evidence.words import Said

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
    columns = []
    for low, high, lines in bounds:
        tall = round(60 * (lines / max(counts)) ** 0.5, 1) if lines else 0.0
        wide = round(axis.at(high) - axis.at(low) - 2, 1)
        columns.append(Column(low, high, lines, axis.at(low) + 1, 84 - tall, wide, tall))
    ends = None if said.lower is None or said.upper is None else (axis.at(said.lower), axis.at(said.upper))
    below = int(np.searchsorted(day, said.probability))
    return Standing(
        columns, [(axis.at(tick), tick) for tick in STEPS], axis.at(said.probability), ends, below
    )


LABELS: Final = 430
"""Room for the words, left of the bars."""
WATERFALL_WIDTH: Final = 1000
ROW: Final = 26


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: `change` in log-odds (None for a level), where it begins and ends, its row."""

    words: str
    change: float | None
    level: float
    kind: str
    x: float
    width: float
    y: float
    to: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The bars from top to bottom, and what the axis names."""

    steps: list[Step]
    ticks: list[tuple[float, float]]
    width: int
    height: int


def waterfall(score: dict[str, Any]) -> Waterfall | None:
    """The waterfall of a row of `scores`; None where no reasons were kept, or before they were kept with the sum."""
    base, end = score["base_log_odds"], score["log_odds"]
    if base is None or end is None:
        return None
    parts = [
        (one["concept"] or one["text"], one["contribution"]) for one in (*score["reasons"], *score["against"])
    ]
    rest = end - base - sum(change for _, change in parts)
    changes = [*parts, ("all other concepts together", rest)]
    levels = [base]
    for _, change in changes:
        levels.append(levels[-1] + change)
    low, high = min(levels), max(levels)
    axis = Scale(low - 0.05 * (high - low), high + 0.05 * (high - low), LABELS + 20, WATERFALL_WIDTH - 60)
    steps = [_level("before anything is known of a line", base, axis, 0)]
    for row, ((words, change), before) in enumerate(zip(changes, levels, strict=False), 1):
        left, right = sorted((axis.at(before), axis.at(before + change)))
        kind, width = "raises" if change > 0 else "lowers", max(round(right - left, 1), 1.0)
        to = axis.at(before + change)
        steps.append(Step(words, change, before + change, kind, left, width, row * ROW + 8, to))
    steps.append(_level("this line", end, axis, len(changes) + 1))
    ticks = [(axis.at(tick), tick) for tick in axis.ticks()]
    return Waterfall(steps, ticks, WATERFALL_WIDTH, ROW * (len(changes) + 2) + 40)


def _level(words: str, level: float, axis: Scale, row: int) -> Step:
    return Step(words, None, level, "level", axis.at(level) - 2, 4, row * ROW + 8, axis.at(level))

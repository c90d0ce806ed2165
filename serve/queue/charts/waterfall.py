"""A waterfall in log-odds: from a line before any feature speaks, through each reason, to the score."""

from dataclasses import dataclass
from typing import Any, Final

from originrisk.serve.queue.charts.scale import Scale

LABELS: Final = 430
"""Room for the words, left of the bars."""
WIDTH: Final = 1000
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
    parts = [(one["text"], one["contribution"]) for one in (*score["reasons"], *score["against"])]
    rest = end - base - sum(change for _, change in parts)
    changes = [*parts, ("all other features together", rest)]
    levels = [base]
    for _, change in changes:
        levels.append(levels[-1] + change)
    low, high = min(levels), max(levels)
    axis = Scale(low - 0.05 * (high - low), high + 0.05 * (high - low), LABELS + 20, WIDTH - 60)
    first = _level("before anything is known of a line", base, axis, 0)
    last = _level("this line", end, axis, len(changes) + 1)
    between = [
        _change(words, change, level, axis, row)
        for row, ((words, change), level) in enumerate(zip(changes, levels, strict=False), 1)
    ]
    ticks = [(axis.at(tick), tick) for tick in axis.ticks()]
    return Waterfall([first, *between, last], ticks, WIDTH, ROW * (len(changes) + 2) + 40)


def _level(words: str, level: float, axis: Scale, row: int) -> Step:
    return Step(words, None, level, "level", axis.at(level) - 2, 4, row * ROW + 8, axis.at(level))


def _change(words: str, change: float, before: float, axis: Scale, row: int) -> Step:
    ends = sorted((axis.at(before), axis.at(before + change)))
    kind = "raises" if change > 0 else "lowers"
    width = max(round(ends[1] - ends[0], 1), 1.0)
    return Step(words, change, before + change, kind, ends[0], width, row * ROW + 8, axis.at(before + change))

"""A party's months as bars: lines, and what was found at those examined; legal dates as marks."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from originrisk.serve.queue.charts.scale import Scale
from originrisk.serve.queue.lines.party import LegalDay, Month, Party

WIDTH: Final = 640
HEIGHT: Final = 162
LEFT: Final = 40
BOTTOM: Final = HEIGHT - 30


@dataclass(frozen=True, slots=True)
class Bar:
    """A month with lines: the bar, the marks of examinations that found inputs and of those that found none."""

    month: Month
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Months:
    """Bars, legal dates as (x, number), names of years as (x, words), and the axis of the lines as (y, lines)."""

    bars: list[Bar]
    legal: list[tuple[float, int, LegalDay]]
    years: list[tuple[float, str]]
    ticks: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = BOTTOM


def months(party: Party) -> Months | None:
    """The chart of a party; None for one without lines."""
    if not party.months:
        return None
    size = len(party.months)
    step = (WIDTH - LEFT - 12) / max(size, 6)
    up = Scale(0, max(month.lines for month in party.months), BOTTOM, 34)
    bars = [_bar(month, LEFT + 4 + place * step, step, up) for place, month in enumerate(party.months)]
    legal = [
        (_place(one.day, party.months[0].first, step), number, one)
        for number, one in enumerate(party.legal, 1)
    ]
    years = [
        (
            round(LEFT + 4 + place * step, 1),
            f"{month.first:%Y}" if month.first.month == 1 else f"{month.first:%b %Y}",
        )
        for place, month in enumerate(party.months)
        if month.first.month == 1 or (place == 0 and month.first.month < 11)
    ]
    ticks = [(up.at(tick), f"{tick:,.0f}") for tick in up.ticks(3) if tick == int(tick)]
    return Months([bar for bar in bars if bar.month.lines], _apart(legal), years, ticks)


def _bar(month: Month, x: float, step: float, up: Scale) -> Bar:
    top = up.at(month.lines)
    return Bar(month, round(x, 1), top, round(max(step - 2, 1.5), 1), round(BOTTOM - top, 1))


def _place(day: date, first: date, step: float) -> float:
    months = (day.year - first.year) * 12 + day.month - first.month + day.day / 31
    return round(LEFT + 4 + months * step, 1)


def _apart(legal: list[tuple[float, int, LegalDay]]) -> list[tuple[float, int, LegalDay]]:
    """Legal dates with their marks moved to the right where they would lie upon each other."""
    found: list[tuple[float, int, LegalDay]] = []
    for x, number, one in legal:
        found.append((max(x, found[-1][0] + 15) if found else x, number, one))
    return found

"""Charts of the past: a party's months as bars, and a year of prices of like goods."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from originrisk.serve.queue.charts.scale import Scale
from originrisk.serve.queue.evidence.past import LegalDay, Month, Party
from originrisk.serve.queue.evidence.price import Points, Price

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
    step = (WIDTH - LEFT - 12) / max(len(party.months), 6)
    up = Scale(0, max(month.lines for month in party.months), BOTTOM, 34)
    wide, bars, years = round(max(step - 2, 1.5), 1), [], []
    for place, month in enumerate(party.months):
        x, top = round(LEFT + 4 + place * step, 1), up.at(month.lines)
        if month.lines:
            bars.append(Bar(month, x, top, wide, round(BOTTOM - top, 1)))
        if month.first.month == 1 or (place == 0 and month.first.month < 11):
            years.append((x, f"{month.first:%Y}" if month.first.month == 1 else f"{month.first:%b %Y}"))
    first, legal = party.months[0].first, list[tuple[float, int, LegalDay]]()
    for number, one in enumerate(party.legal, 1):
        after = (one.day.year - first.year) * 12 + one.day.month - first.month + one.day.day / 31
        x = round(LEFT + 4 + after * step, 1)
        legal.append((max(x, legal[-1][0] + 15) if legal else x, number, one))  # marks stand side by side
    ticks = [(up.at(tick), f"{tick:,.0f}") for tick in up.ticks(3) if tick == int(tick)]
    return Months(bars, legal, years, ticks)


PLOT_WIDTH: Final = 640
PLOT_HEIGHT: Final = 240
PLOT_LEFT: Final = 64
PLOT_BOTTOM: Final = PLOT_HEIGHT - 34
MOST: Final = 300
"""Points of a kind that are drawn, spread evenly over all there are."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Places of everything: `peers` and `own` as (x, y), `band` as (top, middle, bottom), this line at `mark`."""

    peers: list[tuple[float, float]]
    own: list[tuple[float, float]]
    band: tuple[float, float, float] | None
    mark: tuple[float, float]
    months: list[tuple[float, str]]
    ticks: list[tuple[float, str]]
    width: int = PLOT_WIDTH
    height: int = PLOT_HEIGHT
    left: int = PLOT_LEFT
    bottom: int = PLOT_BOTTOM


def plot(price: Price) -> Plot:
    """The plot of one price."""
    values = np.concatenate([price.peers.values, price.own.values, [price.value]])
    low, high = float(values.min()) / 1.15, float(values.max()) * 1.15
    up = Scale(low, high, PLOT_BOTTOM, 12, logarithmic=True)
    first = price.day - timedelta(365)
    along = Scale(0.0, 365.0, PLOT_LEFT + 6, PLOT_WIDTH - 14)
    fair = price.fair
    band = None if fair is None else (up.at(fair.high), up.at(fair.middle), up.at(fair.low))
    quarters = [
        date(year, month, 1) for year in range(first.year, price.day.year + 1) for month in (1, 4, 7, 10)
    ]
    months = [
        (along.at((month - first).days), f"{month:%b %y}")
        for month in quarters
        if first <= month <= price.day
    ]
    ticks: list[tuple[float, str]] = []
    for tick in up.ticks() or [up.low, up.high]:
        if not ticks or abs(up.at(tick) - ticks[-1][0]) >= 16:  # else the words would overlap
            ticks.append((up.at(tick), f"${tick:,.2f}" if tick < 100 else f"${tick:,.0f}"))
    peers, own = (_places(points, first, along, up) for points in (price.peers, price.own))
    return Plot(peers, own, band, (along.at(365.0), up.at(price.value)), months, ticks)


def _places(points: Points, first: date, along: Scale, up: Scale) -> list[tuple[float, float]]:
    inside = [
        (day, value) for day, value in zip(points.days, points.values.tolist(), strict=True) if day >= first
    ]
    step = max(1, -(-len(inside) // MOST))
    return [(along.at((day - first).days), up.at(value)) for day, value in inside[::step]]

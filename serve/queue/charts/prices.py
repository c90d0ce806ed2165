"""Prices through a year: those of like goods, the supplier's own, the band between the quartiles, this line."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from originrisk.serve.queue.charts.scale import Scale
from originrisk.serve.queue.lines.price import Points, Price

WIDTH: Final = 640
HEIGHT: Final = 240
LEFT: Final = 64
BOTTOM: Final = HEIGHT - 34
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
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = BOTTOM


def plot(price: Price) -> Plot:
    """The plot of one price."""
    values = np.concatenate([price.peers.values, price.own.values, [price.value]])
    low, high = float(values.min()) / 1.15, float(values.max()) * 1.15
    up = Scale(low, high, BOTTOM, 12, logarithmic=True)
    first = price.day - timedelta(365)
    along = Scale(0.0, 365.0, LEFT + 6, WIDTH - 14)
    fair = price.fair
    band = None if fair is None else (up.at(fair.high), up.at(fair.middle), up.at(fair.low))
    months = [(along.at((month - first).days), f"{month:%b %y}") for month in _quarters(first, price.day)]
    return Plot(
        _places(price.peers, first, along, up), _places(price.own, first, along, up), band,
        (along.at(365.0), up.at(price.value)), months, _named(up),
    )  # fmt: skip


def _places(points: Points, first: date, along: Scale, up: Scale) -> list[tuple[float, float]]:
    inside = [
        (day, value) for day, value in zip(points.days, points.values.tolist(), strict=True) if day >= first
    ]
    step = max(1, -(-len(inside) // MOST))
    return [(along.at((day - first).days), up.at(value)) for day, value in inside[::step]]


def _named(up: Scale) -> list[tuple[float, str]]:
    """Prices that the axis names, none so near another that they would overlap."""
    ticks = up.ticks() or [up.low, up.high]
    found: list[tuple[float, str]] = []
    for tick in ticks:
        if not found or abs(up.at(tick) - found[-1][0]) >= 16:
            found.append((up.at(tick), f"${tick:,.2f}" if tick < 100 else f"${tick:,.0f}"))
    return found


def _quarters(first: date, last: date) -> list[date]:
    month, found = first.replace(day=1), []
    while month <= last:
        if month >= first and month.month % 3 == 1:
            found.append(month)
        month = (month + timedelta(31)).replace(day=1)
    return found

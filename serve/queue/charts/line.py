"""Charts of a line: prices of like goods, the timeline, the route on a map."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from originrisk.serve.queue.charts.scale import Scale
from originrisk.serve.queue.db.comments import LogEntry
from originrisk.serve.queue.evidence.declaration import Stop
from originrisk.serve.queue.evidence.past import PartyPast
from originrisk.serve.queue.evidence.price import Points, Price

WIDTH: Final = 640
HEIGHT: Final = 240
LEFT: Final = 64
BOTTOM: Final = HEIGHT - 34
MOST: Final = 300
"""Points of a kind that are drawn, spread evenly over all there are."""


@dataclass(frozen=True, slots=True)
class PricePlot:
    """Places of everything: `peers` and `own` as (x, y), `band` as (top, middle, bottom), this line at `mark`.

    `drawn` and `all` count the points of others.
    """

    peers: list[tuple[float, float]]
    own: list[tuple[float, float]]
    band: tuple[float, float, float] | None
    mark: tuple[float, float]
    months: list[tuple[float, str]]
    ticks: list[tuple[float, str]]
    all: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = BOTTOM


def plot(price: Price) -> PricePlot:
    """The plot of one price."""
    values = np.concatenate([price.peers.values, price.own.values, [price.value]])
    low, high = float(values.min()) / 1.15, float(values.max()) * 1.15
    up = Scale(low, high, BOTTOM, 12, logarithmic=True)
    first = price.day - timedelta(365)
    along = Scale(0.0, 365.0, LEFT + 6, WIDTH - 14)

    def places(points: Points) -> list[tuple[float, float]]:
        both = list(zip(points.days, points.values.tolist(), strict=True))
        step = max(1, -(-len(both) // MOST))
        return [(along.at((day - first).days), up.at(value)) for day, value in both[::step]]

    fair = price.fair
    band = None if fair is None else (up.at(fair.high), up.at(fair.middle), up.at(fair.low))
    quarters = (date(year, month, 1) for year in (first.year, price.day.year) for month in (1, 4, 7, 10))
    months = sorted({(along.at((one - first).days), f"{one:%b %y}") for one in quarters if first <= one <= price.day})
    ticks: list[tuple[float, str]] = []
    for tick in up.ticks() if len(up.ticks()) > 1 else [low, (low * high) ** 0.5, high]:
        if not ticks or abs(up.at(tick) - ticks[-1][0]) >= 16:  # else the words would overlap
            ticks.append((up.at(tick), dollars(tick)))
    mark = along.at(365.0), up.at(price.value)
    return PricePlot(places(price.peers), places(price.own), band, mark, months, ticks, len(price.peers.values))


def dollars(value: float) -> str:
    """An amount with as many digits as tell it from nothing and from its neighbours."""
    if value >= 100:
        return f"${value:,.0f}"
    return f"${value:,.2f}" if value >= 0.1 else f"${value:.2g}"


@dataclass(frozen=True, slots=True)
class TimeMark:
    """Something at a place (0 to 1) along the time, on a lane: `kind` is bar, found, none, law, entry or done.

    A bar is `tall` (0 to 1).
    """

    share: float
    lane: int
    kind: str
    words: str
    tall: float = 0.0


@dataclass(frozen=True, slots=True)
class LineTimeline:
    """Marks, and the years that the axis names, each at its place (0 to 1)."""

    marks: list[TimeMark]
    years: list[tuple[float, str]]
    lanes: tuple[str, ...]


OWN: Final = ("This line", "this line was entered")


def timeline(
    day: date, of: Mapping[str, PartyPast], log: Sequence[LogEntry], own: tuple[str, str] = OWN
) -> LineTimeline:
    """What was known before a day of parties (by the name of their lane) and the law; on a lane of its `own`, with a
    word for the day, what people did."""
    lanes = (*of, "Law", own[0])
    events = [(one.at.date(), f"{one.kind} of {one.by}: {one.text[:80]}") for one in log]
    first = min([day - timedelta(60), *(party.first for party in of.values() if party.first)])
    last = max([day, *(at for at, _ in events)])
    whole = max((last - first).days, 1)

    def share(of: date) -> float:
        return round((of - first).days / whole, 4)

    marks = []
    for lane, party in enumerate(of.values()):
        most = max((month.lines for month in party.months), default=1)
        for month in (one for one in party.months if one.lines):
            at, told = max(share(month.first), 0.0), f"{month.first:%Y-%m}: {month.lines:,} lines"
            if month.examined:
                told += f", {month.examined} examined, {month.found} with Xinjiang inputs"
                marks.append(TimeMark(at, lane, "found" if month.found else "none", told))
            marks.append(TimeMark(at, lane, "bar", told, month.lines / most))
    legal = {one.day: one.event for party in of.values() for one in party.legal}
    marks += [TimeMark(share(at), len(of), "law", f"{at}: {event}") for at, event in sorted(legal.items())]
    marks.append(TimeMark(share(day), len(of) + 1, "entry", f"{day}: {own[1]}"))
    marks += [TimeMark(share(at), len(of) + 1, "done", f"{at}: {words}") for at, words in events]
    years = [(share(date(year, 1, 1)), str(year)) for year in range(first.year + 1, last.year + 1)]
    return LineTimeline(marks, years, lanes)


MAP_WIDTH: Final = 720
MAP_HEIGHT: Final = 300
NORTH: Final = 78
SOUTH: Final = -56


@dataclass(frozen=True, slots=True)
class RouteMap:
    """Stops on the map as (x, y, number, words), in order, and the legs between those in different countries."""

    stops: list[tuple[float, float, int, str]]
    legs: list[str]
    unplaced: list[str]
    width: int = MAP_WIDTH
    height: int = MAP_HEIGHT


@cache
def _country_points() -> dict[str, tuple[float, float]]:
    """Longitude and latitude of a point in each country."""
    with Path(__file__).with_name("country_points.csv").open(encoding="utf-8", newline="") as file:
        return {row["alpha_2"]: (float(row["longitude"]), float(row["latitude"])) for row in csv.DictReader(file)}


def route_map(stops: Sequence[Stop]) -> RouteMap:
    """The declared places, each in the middle of its country; stops in one country share a number's place."""
    drawn: list[tuple[float, float, int, str]] = []
    unplaced, places = [], list[tuple[str, list[str]]]()
    for stop in stops:
        words = f"{stop.what}: {stop.place}"
        if stop.country not in _country_points():
            unplaced.append(words)
        elif places and places[-1][0] == stop.country:
            places[-1][1].append(words)
        else:
            places.append((stop.country or "", [words]))
    for number, (country, told) in enumerate(places, 1):
        longitude, latitude = _country_points()[country]
        x, y = (longitude + 180) / 360 * MAP_WIDTH, (NORTH - latitude) / (NORTH - SOUTH) * MAP_HEIGHT
        drawn.append((round(x, 1), round(y, 1), number, "; ".join(told)))
    legs = []
    for (x1, y1, *_), (x2, y2, *_) in pairwise(drawn):
        if x1 - x2 > MAP_WIDTH / 2:  # east over the Pacific: out at the right edge, in at the left
            legs += [_leg(x1, y1, x2 + MAP_WIDTH, y2), _leg(x1 - MAP_WIDTH, y1, x2, y2)]
        else:
            legs.append(_leg(x1, y1, x2, y2))
    return RouteMap(drawn, legs, unplaced)


def _leg(x1: float, y1: float, x2: float, y2: float) -> str:
    high = min(y1, y2) - abs(x2 - x1) / 8
    return f"M{x1:.1f} {y1:.1f}Q{(x1 + x2) / 2:.1f} {max(high, 4):.1f} {x2:.1f} {y2:.1f}"

"""Charts of ties: the parties that link a line to suppliers under a cloud, and the way of the goods."""

from dataclasses import dataclass
from typing import Final

from originrisk.serve.queue.evidence.declaration import Stop
from originrisk.serve.queue.evidence.links import Links
from originrisk.serve.queue.evidence.words import cut, folded

WIDTH: Final = 980
ROW: Final = 34
LEFT: Final = 10
MIDDLE: Final = 210
RIGHT: Final = 560
BOX: Final = 240
TALL: Final = 30


@dataclass(frozen=True, slots=True)
class Node:
    """A box with two lines of words; `kind` is line, via or supplier."""

    kind: str
    words: str
    below: str
    x: float
    y: float
    width: float
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between boxes, drawn the broader the more lines stand behind it; `said` is shown when pointed at."""

    x1: float
    y1: float
    x2: float
    y2: float
    weight: float
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Boxes and lines; `suppliers` in the order of their rows."""

    nodes: list[Node]
    edges: list[Edge]
    width: int
    height: int


def chart(links: Links) -> Chart | None:
    """The chart of a line's links; None where there are none."""
    if not links.suppliers:
        return None
    rows = len(links.suppliers)
    height = max(rows, 2 * len(links.via)) * ROW + 16
    line = Node("line", "this line", "", LEFT, height / 2 - 14, 110)
    step = height / len(links.via)
    via = {
        kind: Node("via", kind, cut(name, 30), MIDDLE, round(step * (place + 0.5) - 14, 1), BOX)
        for place, (kind, name) in enumerate(links.via.items())
    }
    ends = [
        Node("supplier", cut(one.name, 44), one.why, RIGHT, row * ROW + 8, WIDTH - RIGHT - 10, one.listed)
        for row, one in enumerate(links.suppliers)
    ]
    declared = [_edge(line, node, 1.5, "declared on this line") for node in via.values()]
    dealt = []
    for one, node in zip(links.suppliers, ends, strict=True):
        for tie in one.ties:
            weight = 1.0 if tie.lines < 3 else 2.0 if tie.lines < 20 else 3.5
            lines = f"{tie.lines} {'line' if tie.lines == 1 else 'lines'}"
            said = f"{lines} through the {tie.via}, {tie.first} to {tie.last}"
            dealt.append(_edge(via[tie.via], node, weight, said))
    return Chart([line, *via.values(), *ends], [*declared, *dealt], WIDTH, int(height))


def _edge(start: Node, end: Node, weight: float, said: str) -> Edge:
    return Edge(start.x + start.width, start.y + 14, end.x, end.y + 14, weight, said)


PLACE_BOX: Final = 164
LETTERS: Final = 18
"""Characters that fit into a box."""
GAP: Final = 22
HEIGHT: Final = 76


@dataclass(frozen=True, slots=True)
class Place:
    """A box of the chain; `crosses` where the goods come into another country."""

    stop: Stop
    words: list[str]
    x: int
    crosses: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """The boxes from left to right."""

    places: list[Place]
    width: int
    height: int = HEIGHT
    box: int = PLACE_BOX


def chain(stops: list[Stop]) -> Chain:
    """The chain of a line's stops."""
    places, before = [], None
    for number, stop in enumerate(stops):
        crosses = before is not None and stop.country is not None and stop.country != before
        places.append(Place(stop, _broken(folded(stop.place, 40)), number * (PLACE_BOX + GAP) + 2, crosses))
        before = stop.country or before
    return Chain(places, len(stops) * (PLACE_BOX + GAP) - GAP + 4)


def _broken(words: str) -> list[str]:
    """At most two lines of words that fit into a box."""
    lines = [""]
    for word in words.replace("/", "/ ").split():
        joined = f"{lines[-1]} {word}".strip().replace("/ ", "/")
        lines[-1:] = [joined] if len(joined) <= LETTERS or not lines[-1] else [lines[-1], word]
    rest = " ".join(lines[1:])
    return [cut(line, LETTERS) for line in (lines[0], rest) if line]

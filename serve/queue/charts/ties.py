"""The link chart: the line, the parties that tie it, and the suppliers under a cloud, in three columns."""

from dataclasses import dataclass
from typing import Final

from originrisk.serve.queue.lines.links import Linked, Links, Tie
from originrisk.serve.queue.lines.written import cut

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
    ends = [_supplier(one, place) for place, one in enumerate(links.suppliers)]
    declared = [_edge(line, node, 1.5, "declared on this line") for node in via.values()]
    dealt = [
        _edge(via[tie.via], node, _weight(tie), _said(tie))
        for one, node in zip(links.suppliers, ends, strict=True)
        for tie in one.ties
    ]
    return Chart([line, *via.values(), *ends], [*declared, *dealt], WIDTH, int(height))


def _supplier(one: Linked, row: int) -> Node:
    return Node("supplier", cut(one.name, 44), one.why, RIGHT, row * ROW + 8, WIDTH - RIGHT - 10, one.listed)


def _edge(start: Node, end: Node, weight: float, said: str) -> Edge:
    return Edge(start.x + start.width, start.y + 14, end.x, end.y + 14, weight, said)


def _weight(tie: Tie) -> float:
    return 1.0 if tie.lines < 3 else 2.0 if tie.lines < 20 else 3.5


def _said(tie: Tie) -> str:
    words = "line" if tie.lines == 1 else "lines"
    return f"{tie.lines} {words} through the {tie.via}, {tie.first} to {tie.last}"

"""The way of the goods as a chain of places; a country that appears anew stands apart from the one before."""

from dataclasses import dataclass
from typing import Final

from originrisk.serve.queue.lines.route import Stop
from originrisk.serve.queue.lines.written import cut, folded

BOX: Final = 164
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
    box: int = BOX


def chain(stops: list[Stop]) -> Chain:
    """The chain of a line's stops."""
    places, before = [], None
    for number, stop in enumerate(stops):
        crosses = before is not None and stop.country is not None and stop.country != before
        places.append(Place(stop, _broken(folded(stop.place, 40)), number * (BOX + GAP) + 2, crosses))
        before = stop.country or before
    return Chain(places, len(stops) * (BOX + GAP) - GAP + 4)


def _broken(words: str) -> list[str]:
    """At most two lines of words that fit into a box."""
    lines = [""]
    for word in words.replace("/", "/ ").split():
        joined = f"{lines[-1]} {word}".strip().replace("/ ", "/")
        lines[-1:] = [joined] if len(joined) <= LETTERS or not lines[-1] else [lines[-1], word]
    rest = " ".join(lines[1:])
    return [cut(line, LETTERS) for line in (lines[0], rest) if line]

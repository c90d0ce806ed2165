"""What a parser of cells works with: the outcome, the notes of repairs, the reason that ends it."""

from collections.abc import Callable
from dataclasses import dataclass

Notes = list[str]
Parser = Callable[[str, Notes], object]


class BrokenCellError(ValueError):
    """The cell has no certain reading; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of a cell: its value (None = missing), the repairs made, the reason where it is broken."""

    value: object = None
    repairs: tuple[str, ...] = ()
    broken: str = ""


def noted(before: str, after: str, repair: str, notes: Notes) -> str:
    """The text after a repair, which is noted where it changed anything."""
    if after != before:
        notes.append(repair)
    return after

"""The lines of a block of text, and which of them a plain parser may not be trusted with."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from originrisk.data.files.records import Layout

LONGEST_RECORD: Final = 1 << 20
NEWLINE, RETURN, QUOTE = b'\n\r"'


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the lines of a block begin and end (without their line end)."""

    data: bytes
    codes: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def raw(self, first: int, final: int) -> bytes:
        """The bytes from one line to another."""
        return self.data[self.starts[first] : self.ends[final]].removesuffix(b"\r")

    def of(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Line of each place."""
        return np.searchsorted(self.starts, places, side="right") - 1

    def count(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of the sorted places lie in each line."""
        return np.searchsorted(places, self.ends) - np.searchsorted(places, self.starts)

    def places(self, code: int) -> NDArray[np.int64]:
        """Where a byte stands."""
        return np.flatnonzero(self.codes == code) if code in self.data else np.empty(0, np.int64)


def split(block: bytes) -> Lines:
    """The lines of a block; the last one may lack its line end."""
    codes = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(codes == NEWLINE)
    if block and not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64) if len(ends) else ends
    return Lines(block, codes, starts, ends)


def blank(lines: Lines) -> NDArray[np.bool_]:
    """Lines without a character."""
    return np.asarray(lines.ends - lines.starts <= (lines.codes[lines.starts] == RETURN))


def open_ended(lines: Lines) -> NDArray[np.bool_]:
    """Lines with an odd number of quotes: one of them opens or closes beyond the line."""
    return np.asarray(lines.count(lines.places(QUOTE)) % 2 == 1)


def suspect(lines: Lines, shape: Layout) -> NDArray[np.bool_]:
    """Lines with the wrong number of cells or too long; with a NUL, return or quote out of place; foreign bytes."""
    doubtful: NDArray[np.bool_] = cell_counts(lines, shape) != len(shape.headings)
    doubtful |= lines.ends - lines.starts > LONGEST_RECORD
    returns = lines.places(RETURN)
    for places in (lines.places(0), returns[~np.isin(returns + 1, lines.ends)], _stray_quotes(lines, shape)):
        if len(places):
            doubtful |= lines.count(places) > 0
    if not lines.data.isascii() and not is_utf_8(lines.data):
        for index in np.unique(lines.of(np.flatnonzero(lines.codes > 127))):
            doubtful[index] |= not is_utf_8(lines.raw(index, index))
    return doubtful


def cell_counts(lines: Lines, shape: Layout) -> NDArray[np.int64]:
    """Cells of each line, as far as its quotes are paired."""
    places, quotes = lines.places(ord(shape.delimiter)), lines.places(QUOTE)
    if len(quotes):
        before_line = np.searchsorted(quotes, lines.starts)
        inside = (np.searchsorted(quotes, places) - before_line[lines.of(places)]) % 2 == 1
        places = places[~inside]
    return lines.count(places) + 1


def is_utf_8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 throughout."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _stray_quotes(lines: Lines, shape: Layout) -> NDArray[np.int64]:
    """Places of quotes that neither begin nor end a cell nor stand for a quote within it."""
    edge = np.isin(np.arange(256), [ord(shape.delimiter), QUOTE, NEWLINE, RETURN])
    places = lines.places(QUOTE)
    before, after = np.maximum(places - 1, 0), np.minimum(places + 1, len(lines.codes) - 1)
    stray: NDArray[np.int64] = places[~edge[lines.codes[before]] & ~edge[lines.codes[after]]]
    return stray

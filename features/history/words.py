"""What the words of descriptions have meant so far: a score learned from each outcome on the day it became known.

So a line is scored by outcomes of earlier days alone: out of fold by time.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from originrisk.features.history.learner import Arrays, Columns
from originrisk.features.lines import Bools, Floats, Lines, Rows, Text
from originrisk.features.lists import Listings
from originrisk.features.names import tokens

SLOTS = 2**15
"""Places that words are spread over by their hash; two words seldom share one."""

WEIGHT = 10.0
"""Examinations at the general share that each word counts for."""

LONGEST_NUMBER = 3
"""Digits of a number that counts as a word (`60` of 60 % cotton); longer ones are styles and codes."""


class Words:
    """Of each word: examined lines that used it, and those of them that found Xinjiang inputs."""

    def __init__(self) -> None:
        self.counts: npt.NDArray[np.int64] = np.zeros((SLOTS, 2), np.int64)
        self.total: npt.NDArray[np.int64] = np.zeros(2, np.int64)

    def see(self, lines: Lines) -> Columns:
        """`score` (n,): mean over the words of ln of the found share over the general one; NaN without a word."""
        slots, number, of_line = _used(lines.texts["description"])
        text = np.arange(len(number)).repeat(number)
        total = np.bincount(text, self._ratios(slots), len(number))
        return {"score": np.append(total / np.where(number > 0, number, np.nan), np.nan)[of_line]}

    def _ratios(self, words: npt.NDArray[np.integer]) -> Floats:
        """ln of the found share of each word, shrunk, over the general share (n,); 0 before the first find."""
        examined, found = self.total
        if not found:
            return np.zeros(len(words))
        counts, share = self.counts[words], found / examined
        ratios: Floats = np.log((counts[:, 1] / share + WEIGHT) / (counts[:, 0] + WEIGHT))
        return ratios

    def learn(self, _day: int, _lines: Lines) -> None:
        """Lines alone teach nothing."""

    def learn_outcomes(self, _day: int, lines: Lines, found: Bools) -> None:
        """Count the words of examined lines."""
        slots, number, of_line = _used(lines.texts["description"])
        lines_of = np.zeros((len(number) + 1, 2), np.int64)
        np.add.at(lines_of, of_line, np.column_stack([np.ones(len(found), np.int64), found]))
        np.add.at(self.counts, slots, lines_of[:-1].repeat(number, axis=0))
        self.total += lines_of.sum(axis=0)

    def close(self, _day: int, _listings: Listings) -> None:
        """Nothing ends with a day."""

    def arrays(self) -> Arrays:
        """Counts of words, and of all examined lines."""
        return {"counts": self.counts, "total": self.total}

    def hold(self, arrays: Arrays) -> None:
        """Take counts over; they may be read-only."""
        self.counts, self.total = arrays["counts"].copy(), arrays["total"].copy()


def _used(text: Text) -> tuple[Rows, Rows, Rows]:
    """Slots of the words of each distinct description, one after another; how many each has; and each line's place
    among them, -1 where it has none."""
    if _used not in text.memo:
        text.memo[_used] = _words([*text.levels])
    every, ends = text.memo[_used], text.memo[_used].searchsorted(np.arange(len(text.levels) + 1) * SLOTS)
    codes, of_line = np.unique(text.codes, return_inverse=True)
    empty = int(codes.size > 0 and codes[0] < 0)
    starts = ends[codes[empty:]]
    number = ends[codes[empty:] + 1] - starts
    places = np.arange(number.sum()) + (starts - number.cumsum() + number).repeat(number)
    return every[places] % SLOTS, number, of_line - empty


def _words(texts: list[str]) -> npt.NDArray[np.int64]:
    """Each word of each text once, as SLOTS times the place of the text, and the slot of the word; in order."""
    spoken = [_spoken(text) for text in texts]
    every = np.array([word for words in spoken for word in words], dtype=object)
    slots = (pd.util.hash_array(every, categorize=False) % SLOTS).astype(np.int64)
    return np.unique(np.arange(len(texts)).repeat([len(words) for words in spoken]) * SLOTS + slots)


def _spoken(text: str) -> list[str]:
    return [word for word in tokens(text) if not word.isdigit() or len(word) <= LONGEST_NUMBER]

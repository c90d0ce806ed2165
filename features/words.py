"""What the words of descriptions have meant so far: a score learned from each outcome on the day it became known.

So a line is scored by outcomes of earlier days alone: out of fold by time.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from features.learner import Arrays, Columns
from features.lines import Bools, Floats, Lines, Text
from features.lists import Listings
from features.names import tokens

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
        used, of_line = _used(lines.texts["description"])
        number = np.diff(used.indptr)
        text = np.repeat(np.arange(len(number)), number)
        total = np.bincount(text, self._ratios(used.indices), len(number))
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
        used, of_line = _used(lines.texts["description"])
        lines_of = np.zeros((used.shape[0] + 1, 2), np.int64)
        np.add.at(lines_of, of_line, np.column_stack([np.ones(len(found), np.int64), found]))
        np.add.at(self.counts, used.indices, lines_of[:-1].repeat(np.diff(used.indptr), axis=0))
        self.total += lines_of.sum(axis=0)

    def close(self, _day: int, _listings: Listings) -> None:
        """Nothing ends with a day."""

    def arrays(self) -> Arrays:
        """Counts of words, and of all examined lines."""
        return {"counts": self.counts, "total": self.total}

    def hold(self, arrays: Arrays) -> None:
        """Take counts over; they may be read-only."""
        self.counts, self.total = arrays["counts"].copy(), arrays["total"].copy()


def _used(text: Text) -> tuple[csr_array, npt.NDArray[np.intp]]:
    """Words in each distinct description (texts, SLOTS), and each line's row there (n,); -1 where it has none."""
    if _used not in text.memo:
        words = _words([*text.levels])
        text.memo[_used] = np.array([words, None], dtype=object)
    codes, of_line = np.unique(text.codes, return_inverse=True)
    empty = int(codes.size > 0 and codes[0] < 0)
    return text.memo[_used][0][codes[empty:]], of_line - empty


def _words(texts: list[str]) -> csr_array:
    spoken = [_spoken(text) for text in texts]
    ends = np.cumsum([0, *map(len, spoken)])
    every = np.array([word for words in spoken for word in words], dtype=object)
    slots = (pd.util.hash_array(every, categorize=False) % SLOTS).astype(np.int32)
    words = csr_array((np.ones(len(slots), np.int8), slots, ends), shape=(len(texts), SLOTS))
    words.sum_duplicates()
    words.data[:] = 1
    return words


def _spoken(text: str) -> list[str]:
    return [word for word in tokens(text) if not word.isdigit() or len(word) <= LONGEST_NUMBER]

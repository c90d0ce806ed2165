"""The records to compare with: one of each kind that a party was declared by, findable by their words."""

from collections import Counter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from originrisk.features.parties.growing import Growing, Texts
from originrisk.features.parties.hashes import word_hash
from originrisk.features.parties.record import Record
from originrisk.features.parties.sorted_table import SortedTable
from originrisk.features.parties.words import blocking_words

Arrays = dict[str, npt.NDArray[Any]]

_MOST_UNDER_A_WORD: Final = 120
"""A word shared by more records finds none: it tells too little."""
_MOST_CANDIDATES: Final = 4
_MOST_OF_ONE_PARTY: Final = 2


class Book:
    """Records by number, each with its party."""

    def __init__(self, texts: Texts, parties: Growing, blocks: SortedTable) -> None:
        self._texts, self._parties, self._blocks = texts, parties, blocks

    @classmethod
    def empty(cls) -> "Book":
        """A book without records."""
        return cls.from_arrays(
            {
                "letters": np.empty(0, np.uint8),
                "ends": np.empty(0, np.int64),
                "parties": np.empty(0, np.uint64),
                "block_keys": np.empty(0, np.uint64),
                "block_rows": np.empty(0, np.int32),
            }
        )

    def add(self, record: Record, party: int) -> None:
        """Write down a record of a party."""
        for word in blocking_words(record):
            self._blocks.add(word_hash(word), len(self._texts))
        self._texts.append("\t".join(record))
        self._parties.append(party)

    def like(self, record: Record) -> tuple[int, ...]:
        """Numbers of records that share words with this one: those that share most first, few of each party."""
        buckets = self._blocks.under([word_hash(word) for word in blocking_words(record)])
        shared = Counter(row for rows in buckets if len(rows) <= _MOST_UNDER_A_WORD for row in rows)
        of_party: Counter[int] = Counter()
        found: list[int] = []
        for row in sorted(shared, key=lambda row: (-shared[row], row)):
            of_party[party := self.party(row)] += 1
            if of_party[party] <= _MOST_OF_ONE_PARTY:
                found.append(row)
        return tuple(found[:_MOST_CANDIDATES])

    def join(self, other: np.uint64, party: np.uint64) -> None:
        """Records of one party become another's."""
        self._parties.replace(other, party)

    def split(self, record: Record, party: np.uint64) -> None:
        """A record, whether written down or within another, becomes a party's of its own."""
        written = [row for row in self.like(record) if self.record(row) == record]
        for row in written:
            self._parties.put(row, party)
        if not written:
            self.add(record, int(party))

    def record(self, row: int) -> Record:
        """The record of a number."""
        return Record(*self._texts[row].split("\t"))

    def party(self, row: int) -> int:
        """Its party."""
        return int(self._parties.values[row])

    def arrays(self) -> Arrays:
        """Everything as arrays."""
        self._blocks.fold()
        return {
            "letters": self._texts.letters.values,
            "ends": self._texts.ends.values,
            "parties": self._parties.values,
            "block_keys": self._blocks.keys,
            "block_rows": self._blocks.rows,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Book":
        """A book from its arrays, which may be mapped from a file and read-only."""
        texts = Texts(arrays["letters"], arrays["ends"])
        return cls(texts, Growing(arrays["parties"]), SortedTable(arrays["block_keys"], arrays["block_rows"]))

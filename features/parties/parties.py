"""Parties as known after the close of a day: lines see them, then the day's new records join one or found one.

A party's key is that of the record that founded it; no record ever changes its party by itself.
"""

from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np

from originrisk.features.keys import Keys
from originrisk.features.lines import Lines
from originrisk.features.parties.book import Arrays, Book
from originrisk.features.parties.decisions import Decision
from originrisk.features.parties.likely import NONE, Likely, verdict, weigh_parties
from originrisk.features.parties.membership import Membership
from originrisk.features.parties.rarity import CountryRarity, WordCounts
from originrisk.features.parties.record import Record, Records
from originrisk.features.parties.sorted_table import Places, SortedTable
from originrisk.features.parties.words import counted_words, twin_keys

_MOST_KEPT: Final = 50_000
"""Records whose weighing is kept until the next close: those of a day are first seen, then learned."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Of n lines: the key of the party, 0 where it is new; and of the one it is possibly the same as, 0 if none."""

    party: Keys
    possibly: Keys


class Parties:
    """All parties after the last day learned."""

    def __init__(self) -> None:
        self._members, self._twins = Membership.empty(), SortedTable()
        self._book, self._words = Book.empty(), WordCounts()
        self._weighed: dict[Record, tuple[tuple[int, ...], list[Likely]]] = {}

    def __len__(self) -> int:
        """Records learned, each with a number from 0 on."""
        return len(self._members)

    def number_of(self, records: Keys) -> Places:
        """Number of each record by its key (n,), a party's being that of the record that founded it; -1 for none."""
        return self._members.number_of(records)

    def party_of(self, records: Keys) -> Keys:
        """Party of each record by its key (n,); 0 for one never learned."""
        return self._members.of(self.number_of(records))[0]

    def see(self, lines: Lines) -> Resolved:
        """What closed days know of these lines. Nothing changes."""
        records = Records.of(lines)
        rows = self.number_of(records.keys)
        resolved, known = Resolved(*self._members.of(rows)), rows >= 0
        if known.all():
            return resolved
        _, first, place = np.unique(records.keys[~known], return_index=True, return_inverse=True)
        verdicts = [self.verdict(records.at(row)) for row in np.flatnonzero(~known)[first]]
        found = np.array(verdicts, np.uint64)[place]
        resolved.party[~known], resolved.possibly[~known] = found[:, 0], found[:, 1]
        return resolved

    def learn(self, lines: Lines) -> None:
        """Close a day: each new record of its lines joins the party it belongs to, or founds one.

        The fullest records come first, so that the order of lines does not matter.
        """
        records = Records.of(lines)
        keys, first = np.unique(records.keys, return_index=True)
        fresh = self.number_of(keys) < 0
        new = [(int(key), records.at(row)) for key, row in zip(keys[fresh], first[fresh], strict=True)]
        new.sort(key=lambda pair: (-pair[1].says, pair[0]))
        founders = [record for key, record in new if self._admit(key, record) == key]
        for record in founders:
            self._words.count(record.country, counted_words(record))
        self._weighed = {}

    def likely(self, record: Record) -> list[Likely]:
        """Known parties that the record may belong to, the likeliest first.

        A record is of one party or of none known, so the probabilities and that of a new party add up to 1.
        """
        rows = self._book.like(record)
        kept = self._weighed.get(record)
        if kept and kept[0] == rows:
            return kept[1]
        found = [(self._book.party(row), self._book.record(row)) for row in rows]
        likely = weigh_parties(record, found, CountryRarity(self._words, record.country))
        if len(self._weighed) > _MOST_KEPT:
            self._weighed = {}
        self._weighed[record] = rows, likely
        return likely

    def verdict(self, record: Record) -> tuple[int, int]:
        """The party that the record is the same as, and the one it is possibly the same as; 0 for none."""
        twin = self._twin(record)
        return (twin, NONE) if twin else verdict(self.likely(record), self._members.first_of)

    def _twin(self, record: Record) -> int:
        """The one party declared by this very name at this very address, or under this very MID; 0 if none or several.

        Most new records are a known pair of these with other cells left out: they need no weighing.
        """
        parties = self._members.parties(chain.from_iterable(self._twins.under([*twin_keys(record)])))
        return parties.pop() if len(parties) == 1 else NONE

    def _admit(self, key: int, record: Record) -> int:
        joined, possibly = self.verdict(record)
        party = joined or key
        self._members.enter(key, party, possibly)
        if self._note(record, party) or not joined:
            self._book.add(record, party)
        return party

    def _note(self, record: Record, party: int) -> bool:
        """Let twins of the record find the party; whether it declares what the party's records did not."""
        keys = [*twin_keys(record)]
        known = map(self._members.parties, self._twins.under(keys))
        new = [key for key, parties in zip(keys, known, strict=True) if party not in parties]
        for key in new:
            self._twins.add(key, len(self) - 1)
        return bool(new)

    def decide(self, decision: Decision) -> None:
        """Take over what a person decided. What was learned before keeps the key it was learned under."""
        if decision.record is None:
            party, other = np.uint64(decision.party), np.uint64(decision.other)
            self._members.join(party, other)
            self._book.join(other, party)
        else:
            self._members.split(decision.other)
            self._book.split(decision.record, np.uint64(decision.other))
        self._weighed = {}

    def arrays(self) -> Arrays:
        """Everything as arrays, to be saved."""
        self._twins.fold()
        word_keys, word_counts = self._words.arrays()
        return {
            **{f"book_{name}": values for name, values in self._book.arrays().items()},
            **self._members.arrays(),
            "twin_keys": self._twins.keys,
            "twin_rows": self._twins.rows,
            "words": word_keys,
            "word_counts": word_counts,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Parties":
        """The state from its arrays, which may be mapped from files and read-only."""
        parties = cls()
        parties._members = Membership.from_arrays(arrays)
        parties._twins = SortedTable(arrays["twin_keys"], arrays["twin_rows"])
        book = {
            name.removeprefix("book_"): values for name, values in arrays.items() if name.startswith("book_")
        }
        parties._book = Book.from_arrays(book)
        parties._words = WordCounts(arrays["words"], arrays["word_counts"])
        return parties

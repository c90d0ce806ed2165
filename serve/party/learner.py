"""Parties as known after the close of a day, and which of them a record may belong to.

Lines see what closed days know; then the day's new records join a party or found one. A party's key is that of the
record that founded it; no record ever changes its party by itself.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log2
from typing import Final

import numpy as np

from originrisk.data.store.journal import Decided
from originrisk.features.history.keys import Keys
from originrisk.features.history.learner import Columns
from originrisk.features.lines import Bools, Lines
from originrisk.features.lists import Listings
from originrisk.features.parties.compare import CountryRarity, EvidencePart, MatchEvidence, WordCounts
from originrisk.serve.party.book import Arrays, Book, Growing, Places, SortedTable, counted_words, twin_keys
from originrisk.serve.party.record import Record, Records, house_number, weigh

SAME: Final = 0.99
"""Probability from which a record joins a party."""
POSSIBLY: Final = 0.10
"""Probability from which a party is possibly the same."""
NONE: Final = 0
_MOST_BITS: Final = 200.0


@dataclass(frozen=True, slots=True)
class Likely:
    """A known party that a record may belong to: with which probability, by which evidence, of which of its records."""

    party: int
    probability: float
    evidence: MatchEvidence
    record: Record


def weigh_parties(record: Record, candidates: Sequence[tuple[int, Record]], rarity: CountryRarity) -> list[Likely]:
    """Parties of the candidates (party, record of it), the likeliest first.

    A record is of one party or of none known, so the probabilities and that of a new party add up to 1.
    """
    prior = EvidencePart("any other party", -log2(rarity.parties), "", "")
    found: dict[int, list[tuple[Record, MatchEvidence]]] = {}
    for party, other in candidates:
        evidence = MatchEvidence((prior, *weigh(record, other, rarity).parts))
        found.setdefault(party, []).append((other, evidence))
    best = {party: _speaker(record, records) for party, records in found.items()}
    odds = {party: 2.0 ** min(evidence.bits, _MOST_BITS) for party, (_, evidence) in best.items()}
    total = 1.0 + sum(odds.values())
    ranked = sorted(best, key=lambda party: (-best[party][1].bits, party))
    return [Likely(party, odds[party] / total, best[party][1], best[party][0]) for party in ranked]


def verdict(likely: Sequence[Likely], first_of: Callable[[int], int]) -> tuple[int, int]:
    """The party that a record is the same as, and the likeliest other that it is possibly the same as; 0 for none.

    Parties that were founded as possibly the same count together, under the first of them (`first_of`): a record that
    is surely of one of them joins the likeliest, or every spelling between two would found a party more.
    """
    party = NONE
    if likely:
        first = first_of(likely[0].party)
        together = sum(
            one.probability for one in likely if one.party == likely[0].party or first_of(one.party) == first
        )
        party = likely[0].party if together >= SAME else NONE
    others = (one.party for one in likely if one.probability >= POSSIBLY and one.party != party)
    return party, next(others, NONE)


def _speaker(record: Record, records: list[tuple[Record, MatchEvidence]]) -> tuple[Record, MatchEvidence]:
    """Who speaks for a party: of its records that declare as much of name and street as this one, the likest.

    A record without a name could not contradict one that has another.
    """

    def comparable(pair: tuple[Record, MatchEvidence]) -> tuple[int, float]:
        other = pair[0]
        return bool(record.name and other.name) + bool(_housed(record) and _housed(other)), pair[1].bits

    return max(records, key=comparable)


def _housed(record: Record) -> bool:
    return bool(record.address or house_number(record))


class Membership:
    """Records in the order in which they were learned; a party's key is that of the record that founded it."""

    def __init__(self, rows: SortedTable, party: Growing, possibly: Growing) -> None:
        self._rows, self._party, self._possibly = rows, party, possibly

    @classmethod
    def empty(cls) -> "Membership":
        """Of no records."""
        return cls(SortedTable(), Growing(np.empty(0, np.uint64)), Growing(np.empty(0, np.uint64)))

    def __len__(self) -> int:
        return len(self._party)

    def number_of(self, records: Keys) -> Places:
        """Number of each record by its key (n,), a party's being that of the record that founded it; -1 for none."""
        return self._rows.first(records)

    def of(self, numbers: Places) -> tuple[Keys, Keys]:
        """Party and possible party of records by their numbers, (n,) each; 0 where there is none."""
        party, possibly = (np.zeros(len(numbers), np.uint64) for _ in range(2))
        known = numbers >= 0
        party[known] = self._party.values[numbers[known]]
        possibly[known] = self._possibly.values[numbers[known]]
        return party, possibly

    def parties(self, numbers: Iterable[int]) -> set[int]:
        """The parties of records by their numbers."""
        return {int(self._party.values[number]) for number in numbers}

    def first_of(self, party: int) -> int:
        """The first of the parties that were founded, one after another, as possibly the same."""
        row, met = self._row(party), {party}
        while row >= 0 and (before := int(self._possibly.values[row])) not in (NONE, *met):
            party, row = before, self._row(before)
            met.add(party)
        return party

    def enter(self, key: int, party: int, possibly: int) -> None:
        """Give a new record the next number."""
        self._rows.add(key, len(self))
        self._party.append(party)
        self._possibly.append(possibly)

    def join(self, party: np.uint64, other: np.uint64) -> None:
        """Let the records of `other` be of `party`."""
        self._party.replace(other, party)
        self._possibly.replace(other, party)

    def split(self, record: int) -> None:
        """Let a record, known or not, be a party of its own."""
        row = self._row(record)
        if row < 0:
            self.enter(record, record, NONE)
        else:
            self._party.put(row, np.uint64(record))

    def _row(self, key: int) -> int:
        return int(self.number_of(np.array([key], np.uint64))[0])

    def arrays(self) -> Arrays:
        """Everything as arrays, to be saved."""
        self._rows.fold()
        return {
            "record_keys": self._rows.keys,
            "record_rows": self._rows.rows,
            "party": self._party.values,
            "possibly": self._possibly.values,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Membership":
        """The state from its arrays, which may be mapped from files and read-only."""
        rows = SortedTable(arrays["record_keys"], arrays["record_rows"])
        return cls(rows, Growing(arrays["party"]), Growing(arrays["possibly"]))


@dataclass(frozen=True, slots=True)
class Resolved:
    """Of n lines: the key of the party, 0 where it is new; and of the one it is possibly the same as, 0 if none."""

    party: Keys
    possibly: Keys


class Parties:
    """All parties after the last day learned: a learner of its own, which no feature reads (docs/decisions/0005)."""

    def __init__(self) -> None:
        self._members, self._twins = Membership.empty(), SortedTable()
        self._book, self._words = Book.empty(), WordCounts()

    def __len__(self) -> int:
        """Records learned, each with a number from 0 on."""
        return len(self._members)

    def number_of(self, records: Keys) -> Places:
        """Number of each record by its key (n,), a party's being that of the record that founded it; -1 for none."""
        return self._members.number_of(records)

    def party_of(self, records: Keys) -> Keys:
        """Party of each record by its key (n,); 0 for one never learned."""
        return self._members.of(self.number_of(records))[0]

    def see(self, _lines: Lines) -> Columns:
        """No feature is read from it; see `resolve`."""
        return {}

    def resolve(self, lines: Lines) -> Resolved:
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

    def learn(self, _day: int, lines: Lines, /) -> None:
        """Learn a day: each new record of its lines joins the party it belongs to, or founds one.

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

    def learn_outcomes(self, _day: int, _lines: Lines, _told: Bools, /) -> None:
        """What was found says nothing of who somebody is."""

    def close(self, day: int, listings: Listings, /) -> None:
        """Take over what people decided for the day."""
        for decision in listings.decided_on(day):
            self.decide(decision)

    def likely(self, record: Record) -> list[Likely]:
        """Known parties that the record may belong to, the likeliest first.

        A record is of one party or of none known, so the probabilities and that of a new party add up to 1.
        """
        found = [(self._book.party(row), self._book.record(row)) for row in self._book.like(record)]
        return weigh_parties(record, found, CountryRarity(self._words, record.country))

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

    def decide(self, decision: Decided) -> None:
        """Take over what a person decided. What was learned before keeps the key it was learned under.

        `join`: what is of party `other` is of `party` from then on. `split`: the record of key `other` founds its own.
        """
        party, other = np.uint64(int(decision.party, 16)), np.uint64(int(decision.other, 16))
        if decision.record is None:
            self._members.join(party, other)
            self._book.join(other, party)
        else:
            self._members.split(int(other))
            self._book.split(Record(*decision.record), other)

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

    def hold(self, arrays: Arrays) -> None:
        """Take over saved arrays, which may be mapped from files and read-only."""
        book = {name.removeprefix("book_"): array for name, array in arrays.items() if name.startswith("book_")}
        self._members, self._book = Membership.from_arrays(arrays), Book.from_arrays(book)
        self._twins = SortedTable(arrays["twin_keys"], arrays["twin_rows"])
        self._words = WordCounts(arrays["words"], arrays["word_counts"])

"""Which party each record is of, and which it is possibly the same as. Records have numbers from 0 on."""

from collections.abc import Iterable

import numpy as np

from originrisk.features.keys import Keys
from originrisk.features.parties.book import Arrays
from originrisk.features.parties.growing import Growing
from originrisk.features.parties.likely import NONE
from originrisk.features.parties.sorted_table import Places, SortedTable


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

"""What is known of the party behind a line, under whatever spelling: a learner beside the tallies.

Whose a new way of declaring a maker is, is worked out when it is first learned; after that it is looked up.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from originrisk.features.keys import Keys
from originrisk.features.learner import Arrays, Columns
from originrisk.features.lines import Bools, Lines, Rows
from originrisk.features.lists import Listings
from originrisk.features.parties.parties import Parties
from originrisk.features.parties.record import Records

COLUMNS: Final = ("lines", "examined", "found", "first", "last")
_TOLD: Final = tuple(f"{who}.{column}" for who in ("party", "possibly") for column in COLUMNS)
_LINES, _EXAMINED, _FOUND, _FIRST, _LAST = range(len(COLUMNS))


class PartyTallies:
    """All parties, and what was learned of each: `_counts` (1 + records, COLUMNS), a row for each record.

    A party's row is that of the record that founded it; the first row is nobody's and stays 0.
    """

    def __init__(self) -> None:
        self.parties = Parties()
        self._counts: npt.NDArray[Any] = np.zeros((1, len(COLUMNS)), np.int32)
        self._own = True

    def see(self, lines: Lines) -> Columns:
        """`party.*` of the one behind each line, `possibly.*` of the one that it may be too; 0 for none."""
        resolved = self.parties.see(lines)
        rows = self._rows(np.concatenate([resolved.party, resolved.possibly]))
        told = self._counts[rows].astype(np.float64).reshape(2, lines.size, len(COLUMNS))
        return dict(zip(_TOLD, (column for who in told for column in who.T), strict=True))

    def learn(self, day: int, lines: Lines, /) -> None:
        """Resolve what the lines declare, and count them at their parties."""
        self.parties.learn(lines)
        rows, counts = self._rows_of(lines), self._writable()
        np.add.at(counts[:, _LINES], rows, 1)
        counts[rows, _FIRST] = np.where(counts[rows, _FIRST] == 0, day, counts[rows, _FIRST])
        counts[rows, _LAST] = day

    def learn_outcomes(self, _day: int, lines: Lines, found: Bools, /) -> None:
        """Count what was found at the parties of the lines."""
        rows, counts = self._rows_of(lines), self._writable()
        np.add.at(counts[:, _EXAMINED], rows, 1)
        np.add.at(counts[:, _FOUND], rows, found)

    def close(self, day: int, listings: Listings, /) -> None:
        """Take over what people decided for the day."""
        for decision in listings.decided_on(day):
            self.parties.decide(decision)

    def _rows_of(self, lines: Lines) -> Rows:
        return self._rows(self.parties.party_of(Records.of(lines).keys))

    def _rows(self, party: Keys) -> Rows:
        rows: Rows = self.parties.number_of(party).astype(np.intp) + 1
        return rows

    def _writable(self) -> npt.NDArray[Any]:
        """Counts with room for all records; those that were handed over are left alone."""
        size = len(self.parties) + 1
        if not self._own or size > len(self._counts):
            room = np.zeros((size + size // 4, len(COLUMNS)), np.int32)
            room[: len(self._counts)] = self._counts
            self._counts, self._own = room, True
        return self._counts

    def arrays(self) -> Arrays:
        """Parties and counts."""
        return {**self.parties.arrays(), "counts": self._counts[: len(self.parties) + 1]}

    def hold(self, arrays: Arrays) -> None:
        """Take over saved arrays."""
        self.parties = Parties.from_arrays(arrays)
        self._counts, self._own = arrays["counts"], False

"""The book of suppliers: how each was declared first, and when its first line was known."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from originrisk.features.history.keys import Keys, key_of
from originrisk.features.lines import Codes, Lines

_DECLARED: Final = """
SELECT manufacturer_id, manufacturer_name,
       min(greatest(entry_date, coalesce(received_on, entry_date))) AS entry_date
FROM {entries} GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Book:
    """Suppliers in order of `key`, each with the day (since 1970) when its first line was known, and its `name`."""

    key: Keys
    known: Codes
    name: pa.Array

    @classmethod
    def of(cls, connection: DuckDBPyConnection, entries: str) -> "Book":
        """All suppliers of `entries`, an SQL relation of the contract's shape."""
        declared = connection.sql(_DECLARED.format(entries=entries)).to_arrow_table()
        lines = Lines.of(declared)
        key, known = key_of(lines, "supplier"), lines.days["entry_date"]
        order = np.lexsort((known, key))
        order = order[key[order] != 0]
        first = order[np.diff(key[order], prepend=np.uint64(0)) != 0] if len(order) else order
        names = pc.coalesce(declared["manufacturer_name"], declared["manufacturer_id"]).combine_chunks()
        return cls(key[first], known[first], names.take(pa.array(first)))

    def first_known(self, keys: Keys) -> Codes:
        """Day when the first line of each supplier was known (n,); the last day there is for one that has none."""
        place = np.minimum(np.searchsorted(self.key, keys), max(len(self.key) - 1, 0))
        none = np.int32(np.iinfo(np.int32).max)
        if not len(self.key):
            return np.full(len(keys), none)
        return np.where(self.key[place] == keys, self.known[place], none)

    def name_of(self, key: int) -> str | None:
        """How a supplier was declared first; by MID where no line named it; None for one that is not in the book."""
        place = int(np.searchsorted(self.key, np.uint64(key)))
        if place >= len(self.key) or int(self.key[place]) != key:
            return None
        name: str | None = self.name[place].as_py()
        return name

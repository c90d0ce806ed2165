"""What reading stands on: the store's tables at their versions of the moment, opened once, and all suppliers."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from originrisk.data.contract import ENTRIES, OUTCOMES, SCORES, TABLES
from originrisk.data.dispositions import AS_TOLD
from originrisk.data.lists.membership import with_shipped
from originrisk.data.store import lake
from originrisk.data.store.tables import Store
from originrisk.features.history.keys import Keys, key_of
from originrisk.features.lines import Codes, Lines
from originrisk.serve.queue.db.database import alias_key, folder
from originrisk.serve.queue.db.finding import Key

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIAS: Final = 6
"""Letters of a stable alias: two of a hundred thousand importers share one in seven cases."""


def importer_alias(number: str | None, secret: bytes) -> str | None:
    """A name for an importer that stays the same in a home and gives nothing of the number away."""
    if not number:
        return None
    digest = int.from_bytes(hmac.digest(secret, number.encode(), hashlib.sha256), "big")
    letters = []
    for _ in range(ALIAS):
        digest, place = divmod(digest, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)


_PLACED: Final = (
    "manufacturer_address", "manufacturer_city", "manufacturer_postal_code", "country_of_origin",
)  # fmt: skip
_DECLARED: Final = f"""
SELECT manufacturer_id, manufacturer_name, {", ".join(f"min({name}) AS {name}" for name in _PLACED)},
       min(greatest(entry_date, coalesce(received_on, entry_date))) AS entry_date
FROM {{entries}} GROUP BY manufacturer_id, manufacturer_name ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class SupplierIndex:
    """Suppliers in order of `key`, each with the day (since 1970) when its first line was known, and as `declared`."""

    key: Keys
    known: Codes
    declared: pa.Table

    @classmethod
    def of(cls, connection: DuckDBPyConnection, entries: str) -> "SupplierIndex":
        """All suppliers of `entries`, an SQL relation of the contract's shape."""
        declared = connection.sql(_DECLARED.format(entries=entries)).to_arrow_table()
        lines = Lines.of(declared)
        key, known = key_of(lines, "supplier"), lines.days["entry_date"]
        order = np.lexsort((known, key))
        order = order[key[order] != 0]
        first = order[np.diff(key[order], prepend=np.uint64(0)) != 0] if len(order) else order
        return cls(key[first], known[first], declared.drop_columns(["entry_date"]).take(pa.array(first)))

    def first_known(self, keys: Keys) -> Codes:
        """Day when the first line of each supplier was known (n,); the last day there is for one that has none."""
        place = np.minimum(np.searchsorted(self.key, keys), max(len(self.key) - 1, 0))
        none = np.int32(np.iinfo(np.int32).max)
        if not len(self.key):
            return np.full(len(keys), none)
        return np.where(self.key[place] == keys, self.known[place], none)

    def of_keys(self, keys: Sequence[int]) -> pa.Table:
        """How suppliers of the book were declared, in the order of their keys."""
        return self.declared.take(pa.array(np.searchsorted(self.key, np.array(keys, np.uint64))))


READ: Final = (
    "entry_number", "line_number", "entry_date", "received_on", "manufacturer_id", "manufacturer_name",
    "importer_number", "country_of_origin", "htsus", "quantity", "unit_of_measure", "second_quantity",
    "second_unit", "gross_weight_kg", "entered_value_usd",
)  # fmt: skip
"""What pages read of the lines around one."""
ENDED: Final = ("outcome_date", "result", "method", "selection", "disposition")
"""What they read of the examination of a line, once its end is known."""
_ENDS: Final = f"({AS_TOLD} WHERE outcome_date IS NOT NULL)"
_LINES: Final = f"""
SELECT {", ".join((*READ, *ENDED))} FROM {{entries}} LEFT JOIN {_ENDS} USING (entry_number, line_number)
"""
_TABLES: Final = {
    "by_supplier": f"{_LINES} ORDER BY manufacturer_id, manufacturer_name",
    "by_importer": "FROM by_supplier ORDER BY importer_number",
    "by_goods": "FROM by_supplier ORDER BY htsus",
    "days": "SELECT entry_number, line_number, entry_date FROM by_supplier ORDER BY entry_number",
    "examined": f"FROM {{entries}} JOIN {_ENDS} USING (entry_number, line_number)",
}
"""What is kept in memory, each in an order in which a page finds few lines fast; the next may read those before it."""


class StoreReader:
    """A store at these Delta `versions` of its tables, with what pages look up in memory. What of it does
    not fit the memory limit lies in the queue's folder."""

    def __init__(self, store: Store, versions: dict[str, int]) -> None:
        self.store, self.versions, self._secret = store, versions, alias_key(store.home)
        spill = str(folder(store.home) / "spill")
        memory = {"memory_limit": f"{store.memory_limit_gb}GB", "temp_directory": spill}
        self._connection = duckdb.connect(config=memory)
        self._connection.execute("SET parquet_metadata_cache = true")
        self._files = {table.name: self._held(table.name) for table in (ENTRIES, OUTCOMES, SCORES)}
        on_disk = {name: self._relation(self._connection, name, files) for name, files in self._files.items()}
        self.tables = on_disk | {name: name for name in _TABLES}
        for name, query in _TABLES.items():
            self._connection.execute(f"CREATE TABLE {name} AS {query.format(**on_disk)}")

    def sql(self, query: str, values: list[Any] | dict[str, Any]) -> pa.Table:
        """Rows of a query over `{entries}`, `{outcomes}`, `{scores}` and what is in memory, from any thread.

        `{by_supplier}`, `{by_importer}` and `{by_goods}` are the lines of `entries`, in the columns READ and ENDED;
        `{examined}` those whose outcome is known, in all columns; `{days}` has the day of each line.
        """
        with self._connection.cursor() as connection:
            return connection.sql(query.format(**self.tables), params=values).to_arrow_table()

    def entry(self, day: date, key: Key) -> pa.Table:
        """The row of `entries` of a line entered on a day: one, or none. Opens that month's files alone."""
        month = [file for file in self._files[ENTRIES.name] if f"/entry_month={day:%Y-%m}/" in file]
        with self._connection.cursor() as connection:
            rows = self._relation(connection, ENTRIES.name, month)
            found = connection.sql(f"FROM {rows} WHERE entry_number = $1 AND line_number = $2", params=list(key))
            return found.to_arrow_table()

    @cached_property
    def suppliers(self) -> SupplierIndex:
        """All suppliers."""
        with self._connection.cursor() as connection:
            return SupplierIndex.of(connection, self.tables["entries"])

    def alias(self, number: str | None) -> str | None:
        """The name by which pages call an importer."""
        return importer_alias(number, self._secret)

    @cached_property
    def listed(self) -> pa.Table:
        """Parties under an order, at any time: the store's and the shipped ones."""
        return with_shipped(self.store.listed(version=self.versions.get("listed")))

    def _held(self, name: str) -> list[str]:
        return lake.files(self.store.home / "lake" / name, version=self.versions.get(name))

    def _relation(self, connection: duckdb.DuckDBPyConnection, name: str, files: list[str]) -> str:
        """SQL for the rows that a table has in these files."""
        schema = TABLES[name].schema
        if files:
            return f"({lake.shaped(connection, schema, self.store.home / 'lake' / name, files)})"
        connection.register("nothing", schema.empty_table())
        connection.execute(f"CREATE TABLE no_{name} AS FROM nothing")
        return f"no_{name}"

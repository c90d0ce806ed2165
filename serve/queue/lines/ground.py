"""What reading stands on: the store's tables at their versions of the moment, opened once."""

from datetime import date
from functools import cached_property
from typing import Any, Final

import duckdb
import pyarrow as pa

from data import lake
from data.contract import ENTRIES, OUTCOMES, SCORES, Table
from data.lists.membership import with_shipped
from data.store import Store
from serve.queue.database import folder
from serve.queue.finding import Key
from serve.queue.lines.book import Book

READ: Final = (
    "entry_number", "line_number", "entry_date", "received_on", "manufacturer_id", "manufacturer_name",
    "importer_number", "seller_name", "country_of_origin", "country_of_export", "port_of_entry", "htsus",
    "description", "quantity", "unit_of_measure", "gross_weight_kg", "entered_value_usd",
)  # fmt: skip
"""What pages read of the lines around one."""
_LINES: Final = f"SELECT {', '.join(READ)} FROM {{entries}} ORDER BY htsus"
_EXAMINED: Final = """
SELECT entries.*, outcomes.* EXCLUDE (entry_number, line_number)
FROM {entries} AS entries JOIN {outcomes} AS outcomes USING (entry_number, line_number)
WHERE outcomes.outcome_date IS NOT NULL
"""


class Ground:
    """A store at these Delta `versions` of its tables, with what pages look up in memory: the lines in order of
    goods, and those examined. What does not fit the memory limit lies in the queue's folder."""

    def __init__(self, store: Store, versions: dict[str, int]) -> None:
        self.store, self.versions = store, versions
        spill = str(folder(store.home) / "spill")
        memory = {"memory_limit": f"{store.memory_limit_gb}GB", "temp_directory": spill}
        self._connection = duckdb.connect(config=memory)
        self._connection.execute("SET parquet_metadata_cache = true")
        self._files = {table.name: self._held(table) for table in (ENTRIES, OUTCOMES, SCORES)}
        tables = {
            table.name: self._relation(table, self._files[table.name])
            for table in (ENTRIES, OUTCOMES, SCORES)
        }
        self.tables = tables | {"lines": "lines", "examined": "examined"}
        self._connection.execute(f"CREATE TABLE lines AS {_LINES.format(**tables)}")
        self._connection.execute(f"CREATE TABLE examined AS {_EXAMINED.format(**tables)}")

    def sql(self, query: str, values: list[Any] | dict[str, Any]) -> pa.Table:
        """Rows of a query over `{entries}`, `{outcomes}`, `{scores}`, `{lines}` and `{examined}`, from any thread.

        Lines are those of `entries` in the columns READ. Examined are the entry lines with an outcome that is known, in
        the columns of both.
        """
        return self._ask(query.format(**self.tables), values)

    def entry(self, day: date, key: Key) -> pa.Table:
        """The row of `entries` of a line entered on a day: one, or none. Opens that month's files alone."""
        month = [file for file in self._files[ENTRIES.name] if f"/entry_month={day:%Y-%m}/" in file]
        query = f"SELECT * FROM {self._relation(ENTRIES, month)} WHERE entry_number = $1 AND line_number = $2"
        return self._ask(query, list(key))

    @cached_property
    def book(self) -> Book:
        """All suppliers."""
        with self._connection.cursor() as connection:
            return Book.of(connection, "lines")

    @cached_property
    def listed(self) -> pa.Table:
        """Parties under an order, at any time: the store's and the shipped ones."""
        return with_shipped(self.store.listed(version=self.versions.get("listed")))

    def _ask(self, query: str, values: list[Any] | dict[str, Any]) -> pa.Table:
        with self._connection.cursor() as connection:
            return connection.sql(query, params=values).to_arrow_table()

    def _held(self, table: Table) -> list[str]:
        path = self.store.home / "lake" / table.name
        return lake.files(path, version=self.versions.get(table.name))

    def _relation(self, table: Table, files: list[str]) -> str:
        if files:
            path = self.store.home / "lake" / table.name
            return f"({lake.shaped(self._connection, table.schema, path, files)})"
        self._connection.register("nothing", table.schema.empty_table())
        self._connection.execute(f"CREATE TABLE no_{table.name} AS FROM nothing")
        return f"no_{table.name}"

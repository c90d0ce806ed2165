"""What reading stands on: the store's tables at their versions of the moment, opened once."""

from functools import cached_property
from typing import Any, Final

import duckdb
import pyarrow as pa

from data import lake
from data.contract import ENTRIES, OUTCOMES, SCORES, Table
from data.lists.membership import with_shipped
from data.store import Store
from serve.queue.lines.book import Book

_EXAMINED: Final = """
SELECT entries.*, outcomes.* EXCLUDE (entry_number, line_number)
FROM {entries} AS entries JOIN {outcomes} AS outcomes USING (entry_number, line_number)
WHERE outcomes.outcome_date IS NOT NULL
"""


class Ground:
    """A store at these Delta `versions` of its tables. What is derived of them is made when first asked for."""

    def __init__(self, store: Store, versions: dict[str, int]) -> None:
        self.store, self.versions = store, versions
        self._connection = duckdb.connect(config={"memory_limit": f"{store.memory_limit_gb}GB"})
        self._connection.execute("SET parquet_metadata_cache = true")
        tables = {table.name: self._rows(table) for table in (ENTRIES, OUTCOMES, SCORES)}
        self.tables = tables | {"examined": "examined"}
        self._connection.execute(f"CREATE TABLE examined AS {_EXAMINED.format(**tables)}")

    def sql(self, query: str, values: list[Any] | dict[str, Any]) -> pa.Table:
        """Rows of a query over `{entries}`, `{outcomes}`, `{scores}` and `{examined}`, from any thread.

        Examined are the entry lines with an outcome that is known, in the columns of both.
        """
        with self._connection.cursor() as connection:
            return connection.sql(query.format(**self.tables), params=values).to_arrow_table()

    @cached_property
    def book(self) -> Book:
        """All suppliers."""
        with self._connection.cursor() as connection:
            return Book.of(connection, self.tables["entries"])

    @cached_property
    def listed(self) -> pa.Table:
        """Parties under an order, at any time: the store's and the shipped ones."""
        return with_shipped(self.store.listed(version=self.versions.get("listed")))

    def _rows(self, table: Table) -> str:
        path = self.store.home / "lake" / table.name
        files = lake.files(path, version=self.versions.get(table.name))
        if files:
            return f"({lake.shaped(self._connection, table.schema, path, files)})"
        self._connection.register("nothing", table.schema.empty_table())
        self._connection.execute(f"CREATE TABLE no_{table.name} AS FROM nothing")
        return f"no_{table.name}"

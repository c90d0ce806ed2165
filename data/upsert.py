"""Upsert by key in one commit: what is new, what corrects a stored row, what says nothing new."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from originrisk.data import lake
from originrisk.data.contract import Table


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    """Rows by what the store made of them."""

    new: int
    corrected: int
    unchanged: int


def upsert(
    connection: duckdb.DuckDBPyConnection, table: Table, path: Path, staged: Sequence[Path]
) -> UpsertCounts:
    """Commit the staged rows (unique by key) to the Delta table at `path`; nothing where nothing changed."""
    columns = ", ".join(table.names) + lake.DERIVED.get(table.name, "")
    connection.execute(f"CREATE VIEW staged AS SELECT {columns} FROM {lake.relation(staged)}")
    total = _count(connection, "staged")
    if not lake.exists(path):
        counts = UpsertCounts(total, 0, 0)
        arriving = "FROM staged"
    else:
        _compare(connection, table, path)
        counts = _counts(connection, total)
        arriving = f"FROM staged ANTI JOIN (FROM known WHERE NOT differs) USING ({', '.join(table.key)})"
    if counts.corrected:
        _replace(connection, table, path, arriving)
    elif counts.new:
        lake.write(path, connection.sql(arriving).to_arrow_reader())
    return counts


def _compare(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    """Make `known`: staged keys that the store holds, the place (partition) of each, whether contents differ.

    Keys are looked up everywhere, for a correction may move a line to another month; contents only in the
    places where keys met.
    """
    keys, content = ", ".join(table.key), f"hash({', '.join(table.names)})"
    connection.execute(
        f"CREATE TABLE met AS SELECT {keys}, {lake.partition(path) or 'NULL'} AS place "
        f"FROM {lake.relation(lake.files(path), lake.partition(path))} SEMI JOIN staged USING ({keys})"
    )
    files = _files(connection, path, "SELECT place FROM met")
    connection.execute(
        f"CREATE TABLE known AS SELECT {keys}, place, fresh <> held AS differs FROM met "
        f"JOIN (SELECT {keys}, {content} AS fresh FROM staged) USING ({keys}) "
        f"JOIN (SELECT {keys}, {content} AS held FROM {lake.relation(files)}) USING ({keys})"
    )


def _counts(connection: duckdb.DuckDBPyConnection, total: int) -> UpsertCounts:
    known = _count(connection, "known")
    corrected = _count(connection, "known WHERE differs")
    return UpsertCounts(total - known, corrected, known - corrected)


def _replace(connection: duckdb.DuckDBPyConnection, table: Table, path: Path, arriving: str) -> None:
    """Rewrite the places that lose or gain a row: what they hold, less the corrected, with what arrives."""
    partition = lake.partition(path)
    places = "SELECT place FROM known WHERE differs"
    if partition:
        places += f" UNION SELECT {partition} FROM ({arriving})"
    predicate = lake.within(partition, _values(connection, places)) if partition else "true"
    columns = ", ".join((*table.names, partition) if partition else table.names)
    rows = (
        f"SELECT {columns} FROM {lake.relation(_files(connection, path, places), partition)} "
        f"ANTI JOIN (FROM known WHERE differs) USING ({', '.join(table.key)}) "
        f"UNION ALL SELECT {columns} FROM ({arriving})"
    )
    lake.write(path, connection.sql(rows).to_arrow_reader(), predicate)


def _files(connection: duckdb.DuckDBPyConnection, path: Path, places: str) -> list[str]:
    """Files of the places that a query names; all files of a table without partitions, and of no place."""
    partition, values = lake.partition(path), _values(connection, places)
    return lake.files(path, [(partition, "in", values)] if partition and values else [])


def _values(connection: duckdb.DuckDBPyConnection, places: str) -> list[str]:
    return sorted({place for (place,) in connection.sql(places).fetchall() if place is not None})


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    ((count,),) = connection.sql(f"SELECT count(*) FROM {source}").fetchall()
    return int(count)

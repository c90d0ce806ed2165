"""Delta tables on disk: their current files, their rows through DuckDB, replacement of rows in one commit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

# Part of the path, not of the files: a read of some months, or a replaced day, opens these files alone.
PARTITIONS = {"entries": "entry_month", "scores": "entry_date"}
TYPES = {"entry_month": "VARCHAR", "entry_date": "DATE"}
DERIVED = {"entries": ", strftime(entry_date, '%Y-%m') AS entry_month"}

Filter = tuple[str, str, str | list[str]]


@contextmanager
def connect(memory_limit_gb: float, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB for one job: memory bounded, spilling into `spill`; the order of rows is not kept."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_limit_gb}GB",
        "temp_directory": str(spill),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(config=settings) as connection:
        yield connection


def partition(path: Path) -> str | None:
    """The column that splits the table's rows over folders."""
    return PARTITIONS.get(path.name)


def exists(path: Path) -> bool:
    return (path / "_delta_log").exists()


def version(path: Path) -> int:
    """The newest version of a table that exists: each commit is a file of the log, named by its number.

    Cleaning a log may leave a checkpoint alone, which bears its version's number too.
    """
    return max(int(one.name[:20]) for one in (path / "_delta_log").iterdir() if one.name[:20].isdigit())


def files(path: Path, filters: Sequence[Filter] = (), version: int | None = None) -> list[str]:
    """Files that hold the rows of a version (default: the newest) in the partitions that `filters` keep."""
    if not exists(path):
        return []
    uris = DeltaTable(path, version=version).file_uris(file_pruning_predicate=list(filters) or None)
    return [unquote(uri) for uri in uris]


def columns(path: Path, version: int | None = None) -> set[str]:
    """Columns of a version (default: the newest); one made before a column joined the contract lacks it."""
    return {field.name for field in DeltaTable(path, version=version).schema().fields}


def widen(connection: duckdb.DuckDBPyConnection, path: Path, schema: pa.Schema) -> None:
    """Give a table that was made before a column joined the contract the columns it lacks, empty."""
    if exists(path) and not set(schema.names) <= columns(path):
        rows = select(connection, schema, path, files(path), "")
        write_deltalake(path, rows, mode="overwrite", schema_mode="overwrite")


def literal(path: str | Path) -> str:
    """A path as SQL text."""
    return "'" + str(path).replace("'", "''") + "'"


def relation(paths: Sequence[str | Path], partition: str | None = None) -> str:
    """SQL that reads Parquet files; a partition column comes from their paths.

    A file of before a column joined the contract gives nulls for it.
    """
    quoted = ", ".join(literal(path) for path in paths)
    types = (
        f"hive_types = {{'{partition}': {TYPES[partition]}}}" if partition else "hive_partitioning = false"
    )
    return f"read_parquet([{quoted}], {types}, union_by_name = true)"


def shaped(connection: duckdb.DuckDBPyConnection, schema: pa.Schema, path: Path, paths: Sequence[str]) -> str:
    """SQL for the rows that the table at `path` has in these files (one at the least), in the columns of a schema."""
    held = relation(paths, partition(path))
    known = connection.sql(f"FROM {held} LIMIT 0").columns
    columns_or_null = (f'"{name}"' if name in known else f'NULL AS "{name}"' for name in schema.names)
    return f"SELECT {', '.join(columns_or_null)} FROM {held}"


def select(
    connection: duckdb.DuckDBPyConnection,
    schema: pa.Schema,
    path: Path,
    paths: Sequence[str],
    rest: str,
) -> pa.Table:
    """Rows that the table at `path` has in these files, as that schema; `rest` follows FROM."""
    if not paths:
        return schema.empty_table()
    rows = connection.sql(f"{shaped(connection, schema, path, paths)} {rest}")
    return rows.to_arrow_table().cast(schema)


def write(path: Path, rows: Any, predicate: str | None = None) -> None:
    """Commit rows: in place of those that fulfil `predicate` (all for "true"), or beside the present ones.

    `rows` is anything that speaks the Arrow stream interface.
    """
    by = partition(path)
    mode: Any = "append" if predicate is None else "overwrite"
    kept = predicate if predicate != "true" and exists(path) else None
    joined: Any = "merge" if by else None
    write_deltalake(
        path, rows, mode=mode, schema_mode=joined, predicate=kept, partition_by=[by] if by else None
    )


def within(column: str, values: Sequence[str | date]) -> str:
    """Delta predicate: the column holds one of the values."""
    quoted = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({quoted})"

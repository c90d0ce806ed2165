"""Delta tables on disk: their files, their rows through DuckDB; rows replaced, or added by key, in one commit."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, Schema
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, create_table_with_add_actions

from originrisk.data.contract import Table
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.store.integrity import LOG, check_files, check_log, seal
from originrisk.data.store.journal import make_folder, sync

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
    return (path / LOG).exists()


def version(path: Path) -> int:
    """The newest version of a table that exists: each commit is a file of the log, named by its number.

    Cleaning a log may leave a checkpoint alone, which bears its version's number too.
    """
    return max(int(one.name[:20]) for one in (path / LOG).iterdir() if one.name[:20].isdigit())


def opened(path: Path, version: int | None = None) -> DeltaTable:
    """A version of a table (default: the newest). Raises BadInputError where its log cannot be read."""
    check_log(path)
    try:
        return DeltaTable(path, version=version)
    except DeltaError as error:
        raise BadInputError(Problem(f"store: {path.name}", "a table's log", "one that cannot be read")) from error


def files(path: Path, filters: Sequence[Filter] = (), version: int | None = None) -> list[str]:
    """Files that hold the rows of a version (default: the newest) in the partitions that `filters` keep."""
    if not exists(path):
        return []
    uris = opened(path, version).file_uris(file_pruning_predicate=list(filters) or None)
    paths = [unquote(uri) for uri in uris]
    check_files(paths)
    return paths


def columns(path: Path, version: int | None = None) -> set[str]:
    """Columns of a version (default: the newest); one made before a column joined the contract lacks it."""
    return {field.name for field in opened(path, version).schema().fields}


def widen(connection: duckdb.DuckDBPyConnection, path: Path, schema: pa.Schema) -> None:
    """Give a table that was made before a column joined the contract the columns it lacks, empty."""
    if exists(path) and not set(schema.names) <= columns(path):
        rows = select(connection, schema, path, files(path), "")
        write(path, rows, ())


def literal(path: str | Path) -> str:
    """A path as SQL text."""
    return "'" + str(path).replace("'", "''") + "'"


def relation(paths: Sequence[str | Path], partition: str | None = None) -> str:
    """SQL that reads Parquet files; a partition column comes from their paths.

    A file of before a column joined the contract gives nulls for it.
    """
    quoted = ", ".join(literal(path) for path in paths)
    types = f"hive_types = {{'{partition}': {TYPES[partition]}}}" if partition else "hive_partitioning = false"
    return f"read_parquet([{quoted}], {types}, union_by_name = true)"


def shaped(connection: duckdb.DuckDBPyConnection, schema: pa.Schema, path: Path, paths: Sequence[str]) -> str:
    """SQL for the rows that the table at `path` has in these files (one at the least), in the columns of a schema."""
    held = relation(paths, partition(path))
    known = connection.sql(f"FROM {held} LIMIT 0").columns
    typed = connection.from_arrow(schema.empty_table())
    columns = (
        (f'CAST("{name}" AS {of}) AS "{name}"' if pa.types.is_nested(schema.field(name).type) else f'"{name}"')
        if name in known
        else f'NULL AS "{name}"'
        for name, of in zip(typed.columns, typed.types, strict=True)
    )
    return f"SELECT {', '.join(columns)} FROM {held}"


def select(
    connection: duckdb.DuckDBPyConnection, schema: pa.Schema, path: Path, paths: Sequence[str], rest: str
) -> pa.Table:
    """Rows that the table at `path` has in these files, as that schema; `rest` follows FROM."""
    if not paths:
        return schema.empty_table()
    rows = connection.sql(f"{shaped(connection, schema, path, paths)} {rest}")
    return rows.to_arrow_table().cast(schema)


def write(path: Path, rows: Any, replacing: Sequence[str | date] | None = None) -> None:
    """Commit rows beside the present ones; in place of the partitions `replacing`; with none of them, of all.

    `rows` is anything that speaks the Arrow stream interface. On the disk when this returns, in this order: the files
    of rows, their names, the entry of the log, its seal. A file of rows bears the digest of its content in its
    name, so that whoever reads it can tell that it is whole.
    """
    stream = pa.RecordBatchReader.from_stream(rows)
    by = partition(path)
    actions: list[Any] = [_added(path, file, by) for file in _written(path, stream, by)]
    mode: Any = "append" if replacing is None else "overwrite"
    schema, split = Schema.from_arrow(stream.schema), [by] if by else None
    if not exists(path):
        create_table_with_add_actions(str(path), schema, actions, mode="append", partition_by=split)
    else:
        table = opened(path)
        lacking = [field for field in schema.fields if field.name not in {one.name for one in table.schema().fields}]
        if lacking and (replacing is None or replacing):
            table.alter.add_columns(lacking)
            table = opened(path)
        if replacing is None or replacing:
            schema = table.schema()
        chosen = [(by, "in", [str(value) for value in replacing])] if by and replacing else None
        table.create_write_transaction(actions, mode, schema, split, partition_filters=chosen)
    seal(path)


def _written(path: Path, stream: pa.RecordBatchReader, by: str | None) -> list[Path]:
    """Files of the rows, a partition's in its folder."""
    writers: dict[str, pq.ParquetWriter] = {}
    files: list[Path] = []
    schema = pa.schema([field for field in stream.schema if field.name != by])
    with ExitStack() as open_files:
        for batch in stream:
            table = pa.Table.from_batches([batch])
            for folder, piece in _split(table, by):
                if folder not in writers:
                    file = path / folder / f".{uuid4().hex}.parquet"
                    make_folder(file.parent)
                    writer = pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True)
                    writers[folder] = open_files.enter_context(writer)
                    files.append(file)
                writers[folder].write_table(piece.select(schema.names))
    return files


def _split(table: pa.Table, by: str | None) -> Iterator[tuple[str, pa.Table]]:
    """Rows by folder of their partition."""
    if by is None:
        yield "", table
        return
    table = table.sort_by(by)
    at = 0
    for run in table[by].combine_chunks().value_counts().sort("ascending", by="values"):
        yield f"{by}={run['values']}", table.slice(at, run["counts"].as_py())
        at += run["counts"].as_py()


def _added(path: Path, file: Path, by: str | None) -> AddAction:
    """The entry of a finished file, which is on the disk now under its own name."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    rows, size = pq.read_metadata(file).num_rows, file.stat().st_size
    file = file.rename(file.with_name(f"part-{file.stem[1:9]}-{digest}.parquet"))
    for place in (file, file.parent):
        sync(place)
    places: dict[str, str | None] = {by: file.parent.name.partition("=")[2]} if by else {}
    name = file.relative_to(path).as_posix()
    now = int(file.stat().st_mtime * 1000)
    return AddAction(name, size, places, now, True, json.dumps({"numRecords": rows}))


def within(column: str, values: Sequence[str | date]) -> str:
    """SQL predicate: the column holds one of the values."""
    quoted = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({quoted})"


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    """Rows by what the store made of them."""

    new: int
    corrected: int
    unchanged: int


def upsert(connection: duckdb.DuckDBPyConnection, table: Table, path: Path, staged: Sequence[Path]) -> UpsertCounts:
    """Commit the staged rows (unique by key) to the Delta table at `path`; nothing where nothing changed."""
    columns = ", ".join(table.names) + DERIVED.get(table.name, "")
    connection.execute(f"CREATE VIEW staged AS SELECT {columns} FROM {relation(staged)}")
    total = _count(connection, "staged")
    if not exists(path):
        counts = UpsertCounts(total, 0, 0)
        arriving = "FROM staged"
    else:
        _compare(connection, table, path)
        known, corrected = _count(connection, "known"), _count(connection, "known WHERE differs")
        counts = UpsertCounts(total - known, corrected, known - corrected)
        arriving = f"FROM staged ANTI JOIN (FROM known WHERE NOT differs) USING ({', '.join(table.key)})"
    if counts.corrected:
        _replace(connection, table, path, arriving)
    elif counts.new:
        write(path, connection.sql(arriving).to_arrow_reader())
    return counts


def _compare(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    """Make `known`: staged keys that the store holds, the place (partition) of each, whether contents differ.

    Keys are looked up everywhere, for a correction may move a line to another month; contents only in the
    places where keys met.
    """
    keys, content = ", ".join(table.key), f"hash({', '.join(table.names)})"
    connection.execute(
        f"CREATE TABLE met AS SELECT {keys}, {partition(path) or 'NULL'} AS place "
        f"FROM {relation(files(path), partition(path))} SEMI JOIN staged USING ({keys})"
    )
    held = _files(connection, path, "SELECT place FROM met")
    connection.execute(
        f"CREATE TABLE known AS SELECT {keys}, place, fresh <> held AS differs FROM met "
        f"JOIN (SELECT {keys}, {content} AS fresh FROM staged) USING ({keys}) "
        f"JOIN (SELECT {keys}, {content} AS held FROM {relation(held)}) USING ({keys})"
    )


def _replace(connection: duckdb.DuckDBPyConnection, table: Table, path: Path, arriving: str) -> None:
    """Rewrite the places that lose or gain a row: what they hold, less the corrected, with what arrives."""
    by = partition(path)
    places = "SELECT place FROM known WHERE differs"
    if by:
        places += f" UNION SELECT {by} FROM ({arriving})"
    replacing = _values(connection, places) if by else ()
    columns = ", ".join((*table.names, by) if by else table.names)
    rows = (
        f"SELECT {columns} FROM {relation(_files(connection, path, places), by)} "
        f"ANTI JOIN (FROM known WHERE differs) USING ({', '.join(table.key)}) "
        f"UNION ALL SELECT {columns} FROM ({arriving})"
    )
    write(path, connection.sql(rows).to_arrow_reader(), replacing)


def _files(connection: duckdb.DuckDBPyConnection, path: Path, places: str) -> list[str]:
    """Files of the places that a query names; all files of a table without partitions, and of no place."""
    by, values = partition(path), _values(connection, places)
    return files(path, [(by, "in", values)] if by and values else [])


def _values(connection: duckdb.DuckDBPyConnection, places: str) -> list[str]:
    return sorted({place for (place,) in connection.sql(places).fetchall() if place is not None})


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    ((count,),) = connection.sql(f"SELECT count(*) FROM {source}").fetchall()
    return int(count)

"""The store: the tables of one home folder, read and written nowhere else; a write is one commit."""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from originrisk.data.contract import ENTRIES, LISTED, OUTCOMES, SCORES, TABLES
from originrisk.data.errors import AlreadyRunningError, BadInputError, Problem
from originrisk.data.store import journal, lake
from originrisk.data.store.lake import UpsertCounts, upsert

REJECTED = pa.schema(
    [
        ("table_name", pa.string()),
        ("file", pa.string()),
        ("file_hash", pa.string()),
        ("row_number", pa.int64()),
        ("raw", pa.string()),
        ("reasons", pa.list_(pa.string())),
        ("delivery", pa.string()),
    ]
)

FAULTS = pa.schema(
    [
        ("table_name", pa.string()),
        ("file", pa.string()),
        ("file_hash", pa.string()),
        ("row_number", pa.int64()),
        ("column", pa.string()),
        ("reason", pa.string()),
        ("value", pa.string()),
        ("fate", pa.string()),
        ("delivery", pa.string()),
    ]
)
"""Of each reason of a rejected record, and of each emptied cell: where it is, and what stood there."""

# The table format takes these in a path for escapes and patterns.
UNUSABLE = frozenset("%[]*?\\")


SPILL = "spill"


def _abandoned(spill: Path) -> bool:
    """Whether the process that spilled into a folder has ended."""
    try:
        os.kill(int(spill.name.split("-")[1]), 0)
    except (ProcessLookupError, ValueError):
        return True
    except PermissionError:
        return False
    return False


class Store:
    """Reads and writes the tables of a home folder. Writers exclude each other; readers see commits."""

    def __init__(self, home: Path, memory_limit_gb: float = 3.0) -> None:
        self.home = home.expanduser().resolve()
        if UNUSABLE & set(str(self.home)):
            marks = "`, `".join(sorted(UNUSABLE))
            raise BadInputError(Problem("home", f"a path without `{marks}`", f"`{self.home}`"))
        self.memory_limit_gb = memory_limit_gb
        self._lock = FileLock(self.home / "store.lock", timeout=0)

    @cached_property
    def pseudonym_key(self) -> bytes:
        """The secret under which histories keep persons' numbers. Without it they are learned anew."""
        return journal.secret(self.home / "pseudonym.key")

    def entries(
        self,
        start: date | None = None,
        end: date | None = None,
        *,
        columns: Sequence[str] | None = None,
        version: int | None = None,
    ) -> pa.Table:
        """Lines dated start to end (inclusive), sorted by entry_date, entry_number, line_number."""
        start, end = start or date.min, end or date.max
        schema = pa.schema([ENTRIES.schema.field(name) for name in columns or ENTRIES.names])
        months = [("entry_month", ">=", f"{start:%Y-%m}"), ("entry_month", "<=", f"{end:%Y-%m}")]
        order = "ORDER BY entry_date, entry_number, line_number"
        where = f"WHERE entry_date BETWEEN DATE '{start}' AND DATE '{end}' {order}"
        return self._select("entries", schema, where, months, version)

    def outcomes(self, *, version: int | None = None) -> pa.Table:
        """All examinations, sorted by selected_date, entry_number, line_number."""
        order = "ORDER BY selected_date, entry_number, line_number"
        return self._select("outcomes", OUTCOMES.schema, order, version=version)

    def listed(self, *, version: int | None = None) -> pa.Table:
        """Parties under an order, sorted by effective_date, name, programme."""
        order = "ORDER BY effective_date, name, programme"
        return self._select("listed", LISTED.schema, order, version=version)

    def scores(self, start: date, end: date) -> pa.Table:
        """Scores of lines dated start to end (inclusive), sorted by entry_date, rank."""
        days = [("entry_date", ">=", str(start)), ("entry_date", "<=", str(end))]
        return self._select("scores", SCORES.schema, "ORDER BY entry_date, rank", days)

    def line(self, table_name: str, entry_number: str, line_number: int) -> pa.Table:
        """The rows of `entries` or `scores` of one entry line: one, or none."""
        key = f"WHERE entry_number = {lake.literal(entry_number)} AND line_number = {line_number:d}"
        return self._select(table_name, TABLES[table_name].schema, key)

    def rejected(self) -> pa.Table:
        """Records that were not taken, with their source, raw values and every broken rule."""
        return self._select("rejected", REJECTED, "ORDER BY table_name, file, row_number")

    def truth(self) -> pa.Table:
        """What a simulated world knows of its own lines. Raises BadInputError in a home without a world."""
        path = self.home / "world" / "truth.parquet"
        if not path.exists():
            nothing = Problem("truth", "a simulated world", "none", "Run `originrisk world` first.")
            raise BadInputError(nothing)
        return pq.read_table(path)

    def versions(self) -> dict[str, int]:
        """Delta version of each table that exists: what a run must record to be repeatable."""
        logs = sorted((self.home / "lake").glob("*/_delta_log"))
        return {log.parent.name: lake.version(log.parent) for log in logs}

    def faults(self) -> pa.Table:
        """Reasons of rejected records and emptied cells, sorted by file and row number."""
        return self._select("faults", FAULTS, 'ORDER BY table_name, file, row_number, "column"')

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB that spills under the home, into a folder that bears this process's number and goes away.

        The folder stands in the home itself: DuckDB makes it where it has to spill, but none above it.
        """
        spill = self.home / f"{SPILL}-{os.getpid()}-{uuid4().hex}"
        try:
            with lake.connect(self.memory_limit_gb, spill) as connection:
                yield connection
        finally:
            shutil.rmtree(spill, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Hold the store's lock; yields a folder for staged files that goes away. May be nested.

        Raises AlreadyRunningError where another run holds it.
        """
        journal.make_folder(self.home)
        try:
            self._lock.acquire()
        except Timeout as error:
            busy = Problem("store", "no other run", "a run that is writing", "Run again when it has ended.")
            raise AlreadyRunningError(busy) from error
        try:
            if self._lock.lock_counter == 1:  # what a killed run left
                for left in (self.home / "tmp", *filter(_abandoned, self.home.glob(f"{SPILL}-*"))):
                    shutil.rmtree(left, ignore_errors=True)
            (self.home / "tmp").mkdir(exist_ok=True)
            with TemporaryDirectory(dir=self.home / "tmp", ignore_cleanup_errors=True) as staging:
                yield Path(staging)
        finally:
            self._lock.release()

    def upsert(self, table_name: str, batches: Iterable[pa.RecordBatch]) -> UpsertCounts:
        """Add rows by key in one commit: an unknown key is new, a known one with other content a correction.

        Keys must be unique within `batches`. Nothing is committed where nothing changed.
        """
        with self.writing() as staging:
            staged = staging / "staged.parquet"
            with pq.ParquetWriter(staged, TABLES[table_name].schema) as writer:
                for batch in batches:
                    writer.write_batch(batch)
            return self.upsert_staged(table_name, [staged])

    def upsert_staged(self, table_name: str, staged: Sequence[Path]) -> UpsertCounts:
        """As `upsert`, from Parquet files that hold the table's columns."""
        with self.writing() as spill, lake.connect(self.memory_limit_gb, spill) as connection:
            path = self.home / "lake" / table_name
            if lake.partition(path) is None:
                lake.widen(connection, path, TABLES[table_name].schema)
            return upsert(connection, TABLES[table_name], path, staged)

    def replace_day(self, table_name: str, day: date, table: pa.Table) -> None:
        """Put a day's rows in place of what that day held, in one commit; none where nothing changed."""
        by_rank = [("entry_date", "ascending"), ("rank", "ascending")]
        fresh = table.cast(TABLES[table_name].schema).sort_by(by_rank)
        with self.writing():
            if not fresh.equals(self.scores(day, day)):
                lake.write(self.home / "lake" / table_name, fresh, [day])

    def replace_listed(self, table: pa.Table) -> None:
        """Put these listings in place of all that are held, in one commit; none where nothing changed."""
        order = [(name, "ascending") for name in ("effective_date", "name", "programme")]
        with self.writing():
            if not table.sort_by(order).equals(self.listed().sort_by(order)):
                path = self.home / "lake" / "listed"
                if lake.exists(path):
                    self.upsert("listed", [])  # gives an older table its missing columns
                lake.write(path, table, ())

    def replace_rejected(
        self, table_name: str, staged: Path, file_hashes: Sequence[str], into: str = "rejected"
    ) -> None:
        """Put the staged rejects (or faults) of a delivery's files in place of what these files had left before."""
        of_files = f"table_name = '{table_name}' AND {lake.within('file_hash', file_hashes)}"
        path = self.home / "lake" / into
        with self.writing() as spill, lake.connect(self.memory_limit_gb, spill) as connection:
            files, fresh = lake.files(path), f"(FROM {lake.relation([staged])})"
            held = f"(FROM {lake.relation(files)} WHERE {of_files})" if files else f"({fresh} LIMIT 0)"
            changed = f"({fresh} EXCEPT ALL {held}) UNION ALL ({held} EXCEPT ALL {fresh}) LIMIT 1"
            if connection.sql(changed).fetchall():
                replaced = bool(connection.sql(f"{held} LIMIT 1").fetchall())
                others = f"(FROM {lake.relation(files)} WHERE NOT ({of_files})) UNION ALL " if replaced else ""
                rows = connection.sql(f"{others}{fresh}").to_arrow_reader()
                lake.write(path, rows, () if replaced else None)

    def _select(
        self,
        table_name: str,
        schema: pa.Schema,
        rest: str,
        filters: Sequence[lake.Filter] = (),
        version: int | None = None,
    ) -> pa.Table:
        path = self.home / "lake" / table_name
        files = lake.files(path, filters, version)
        with self.reading() as connection:
            return lake.select(connection, schema, path, files, rest)

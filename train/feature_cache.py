"""Features worked out once: kept for the next training on the same tables, and of lines that are in no table."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from originrisk.data.arrays import Floats, Rows
from originrisk.data.contract import ENTRIES, LINE_KEY, ONE_DAY
from originrisk.data.errors import BadInputError, ModelRefusedError, Problem
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import NAMES, compute
from originrisk.features.history.keys import find
from originrisk.features.history.view import see
from originrisk.features.lines import Lines
from originrisk.models.checkpoints import Checkpoints
from originrisk.models.identity import CATALOGUE, identity


@dataclass(frozen=True, slots=True)
class FeatureCache:
    """Features of lines that were seen before, in one file for what computes them and the state of the tables. Its name
    bears the digest of its content, and another content is no cache.

    What a line's own day saw does not depend on the cut-off or the seed of the work that asks for it.
    """

    path: Path

    @classmethod
    def of(cls, settings: Settings, versions: Mapping[str, int]) -> Self:
        """The cache of these table versions; those of others are removed."""
        told = [identity(CATALOGUE), str(settings.history_start), dict(versions)]
        name = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
        return cls(settings.home / "cache" / "features" / name)

    def matrix(self, entries: pa.Table, lines: Lines, wanted: Rows, replayed: Callable[[], Floats]) -> Floats:
        """Features (wanted, catalogue) of lines at these rows; `replayed` where some were never asked for before."""
        held = self._held()
        place = np.full(lines.size, -1, np.intp)
        if held is not None:
            rows = find(lines, held["entry_number"], held["line_number"])
            place[rows[rows >= 0]] = np.flatnonzero(rows >= 0)
        if held is not None and (place[wanted] >= 0).all():
            columns = [held[name].to_numpy() for name in NAMES]
            return np.asarray(np.column_stack(columns)[place[wanted]])
        matrix = replayed()
        table = entries.take(wanted).select(LINE_KEY)
        for name, column in zip(NAMES, matrix.T, strict=True):
            table = table.append_column(name, pa.array(column))
        if held is not None:
            gone = np.zeros(len(held), np.bool_)
            gone[place[wanted][place[wanted] >= 0]] = True
            table = pa.concat_tables([held.filter(pa.array(~gone)), table])
        self._keep(table)
        return matrix

    def _keep(self, table: pa.Table) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for old in self.path.parent.glob("*.parquet"):
            old.unlink(missing_ok=True)
        staged = self.path.with_suffix(f".{os.getpid()}")
        pq.write_table(table, staged, compression="zstd")
        digest = sha256(staged.read_bytes()).hexdigest()
        staged.replace(self.path.with_name(f"{self.path.name}-{digest}.parquet"))

    def _held(self) -> pa.Table | None:
        for file in self.path.parent.glob(f"{self.path.name}-*.parquet"):
            content = file.read_bytes()
            if file.stem.endswith(sha256(content).hexdigest()):
                return pq.read_table(pa.BufferReader(content))
        return None


def features_of(frame: pd.DataFrame, settings: Settings) -> Floats:
    """Features (lines, catalogue) of lines of the contract, as the close of the day before the first of them saw them.

    Days since the latest saved history are closed for this run alone. Raises BadInputError for values that are no
    lines, ModelRefusedError where no day before them was ever closed.
    """
    cells = frame.reindex(columns=ENTRIES.names).astype(object)
    cells = cells.where(cells.notna(), None)
    columns: dict[str, pa.Array] = {}
    problems: list[Problem] = []
    for field in ENTRIES.schema:
        try:
            columns[field.name] = pa.array(cells[field.name]).cast(field.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
            expected = f"{field.type} as docs/contract.md says"
            problems.append(Problem(f"lines, column {field.name}", expected, "other values"))
    if "entry_date" in columns and columns["entry_date"].null_count:
        problems.append(Problem("lines, column entry_date", "a day in each", "none in some"))
    if problems:
        raise BadInputError(problems)
    table = pa.table(columns)
    days = table["entry_date"].to_pylist()
    checkpoints = Checkpoints.of(Store(settings.home, settings.memory_limit_gb), settings)
    history, before = checkpoints.latest(min(days)), min(days) - ONE_DAY
    if history.day is None:
        step = "Score a day before it: originrisk score --date D."
        raise ModelRefusedError(Problem("history", f"a closed day before {min(days)}", "none", step))
    for _ in checkpoints.close(history, checkpoints.entries(history, before), [before]):
        pass
    lines = Lines.of(table)
    return compute(lines, see(history, lines, checkpoints.listings()))

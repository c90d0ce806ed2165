"""Scores as a file: Parquet as they are, or a CSV that no spreadsheet takes for formulas."""

import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from originrisk.data.errors import Problem, UsageError

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # spreadsheets read the full-width signs as their plain twins


def check_target(path: Path) -> None:
    """Refuse, before any work is done, a file that `write` could not write. Raises UsageError."""
    problems = []
    if path.suffix not in _WRITERS:
        problems.append(Problem("--out", f"a file ending in {' or '.join(_WRITERS)}", repr(path.name)))
    if not path.parent.is_dir():
        problems.append(Problem("--out", "a file in an existing folder", repr(str(path.parent))))
    if problems:
        raise UsageError(problems)


def write(scores: pa.Table, path: Path) -> None:
    """Write rows of the contract's `scores`, by the suffix of `path`; readers see the old file or the new."""
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _WRITERS[path.suffix](scores, staged)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def spreadsheet_cell(text: str | None) -> str | None:
    """Text that stays text: an apostrophe goes before whatever a spreadsheet would run as a formula."""
    return f"'{text}" if text and text.startswith(_FORMULA_STARTS) else text


def _write_csv(scores: pa.Table, path: Path) -> None:
    csv.write_csv(pa.table({name: _cells(scores[name]) for name in scores.column_names}), path)


def _write_parquet(scores: pa.Table, path: Path) -> None:
    pq.write_table(scores, path)


def _cells(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    if pa.types.is_list(column.type):
        return pa.array([json.dumps(cell) for cell in column.to_pylist()], pa.string())
    if pa.types.is_string(column.type):
        return pa.array([spreadsheet_cell(cell) for cell in column.to_pylist()], pa.string())
    return column


_WRITERS = {".csv": _write_csv, ".parquet": _write_parquet}

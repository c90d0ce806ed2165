"""Parquet files as records: texts of every Arrow type as text, and never more rows at once than memory is for."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest.records import RAW_KEPT, Budget, FileLayout, Misfit, RecordBatch, checked_headings, shown
from originrisk.data.ingest.text_block import is_utf_8
from originrisk.data.settings import ReadSettings

BATCH = 131_072
MOST_SMALL_GROUPS = 1000
"""Groups that may be as small as they like: each costs time, whatever it holds."""
_LEAST = 64
"""Rows read at once at the least: so many of the longest texts that a file may hold fit in any case."""


def layout(path: Path, label: str, wanted: Collection[str]) -> FileLayout:
    """Headings of a Parquet file. Raises BadInputError where it is none, or nests tables in cells."""
    try:
        metadata = pq.read_metadata(path)
        schema = metadata.schema.to_arrow_schema()
    except (pa.ArrowException, OSError) as error:
        raise BadInputError(Problem(label, "a Parquet file", "bytes that are none")) from error
    nested = [field.name for field in schema if pa.types.is_nested(_value_type(field.type))]
    if nested:
        names = ", ".join(shown(schema.names, name) for name in nested)
        raise BadInputError(Problem(label, "one value a cell", f"nested columns {names}", "Unnest or drop them first."))
    if (groups := metadata.num_row_groups) > MOST_SMALL_GROUPS and metadata.num_rows < groups * _LEAST:
        step = "Write it with more rows to a group."
        raise BadInputError(Problem(label, f"{_LEAST} rows to a group or more", f"{groups:,} groups", step))
    return FileLayout(checked_headings(label, schema.names, wanted))


def read(path: Path, used: Collection[str], budget: Budget, limits: ReadSettings) -> Iterator[RecordBatch]:
    """Batches of rows with their typed cells. A record with foreign bytes or an endless text is a misfit."""
    first, longest = 1, limits.most_record_kb * 1024
    with pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False) as file:
        total = max(file.metadata.num_rows, 1)
        for group in range(file.metadata.num_row_groups):
            budget.afford(file.metadata.row_group(group).total_byte_size)
            size = _rows_at_once(path, file.metadata, group, limits)
            for batch in file.iter_batches(size, row_groups=[group]):
                rows = np.arange(first, first + batch.num_rows, dtype=np.int64)
                columns: dict[str, pa.Array] = {}
                broken: dict[int, str] = {}
                for name, cells in zip(batch.schema.names, batch.columns, strict=True):
                    columns[name], reasons = _plain(cells, longest)
                    broken |= reasons if name in used else {}
                table, misfits = pa.table(columns), []
                budget.spend(table.nbytes)
                if broken:
                    raws = table.take(pa.array(sorted(broken))).to_pylist()
                    texts = (json.dumps(raw, ensure_ascii=False, default=str)[:RAW_KEPT] for raw in raws)
                    misfits = [
                        Misfit(first + row, raw, broken[row]) for row, raw in zip(sorted(broken), texts, strict=True)
                    ]
                    kept = np.setdiff1d(np.arange(batch.num_rows), sorted(broken))
                    table, rows = table.take(pa.array(kept)), rows[kept]
                yield RecordBatch(table, rows, misfits, size=path.stat().st_size * batch.num_rows / total)
                first += batch.num_rows


def _rows_at_once(path: Path, metadata: pq.FileMetaData, number: int, limits: ReadSettings) -> int:
    """Rows of a group whose texts fit into memory however long: one text of the file may stand for many rows.

    The longest is looked up in the dictionary of a column; where texts are written as changes of the one before, it
    may be as long as the whole column; else each takes its own bytes of the file.
    """
    group, fields = metadata.row_group(number), metadata.schema.to_arrow_schema()
    longest, packed = 0, []
    for index in range(group.num_columns):
        column = group.column(index)
        kind = _value_type(fields.field(index).type)
        if pa.types.is_fixed_size_binary(kind):
            longest += kind.byte_width
        elif _is_text(kind) and "DELTA_BYTE_ARRAY" in column.encodings:
            longest += column.total_uncompressed_size
        elif _is_text(kind) and column.has_dictionary_page:
            packed.append(fields.field(index).name)
    if packed and group.num_rows:
        with pq.ParquetFile(path, metadata=metadata, read_dictionary=packed, pre_buffer=False) as file:
            words = next(file.iter_batches(1, row_groups=[number], columns=packed))
        for cells in words.columns:
            texts = cells.dictionary if pa.types.is_dictionary(cells.type) else cells
            longest += pc.max(pc.binary_length(texts.cast(pa.large_binary()))).as_py() or 0
    return max(_LEAST, min(BATCH, limits.most_group_mb * 1_000_000 // max(longest, 1)))


def _plain(cells: pa.Array, longest: int) -> tuple[pa.Array, dict[int, str]]:
    """A column without its packing, texts as strings; and of rows whose text is foreign or endless, why."""
    if isinstance(cells, pa.ExtensionArray):
        cells = cells.storage
    if pa.types.is_run_end_encoded(cells.type):
        cells = pc.run_end_decode(cells)
    if pa.types.is_dictionary(cells.type):
        words = cells.dictionary
        words = words.cast(pa.large_binary()) if _is_text(words.type) else words
        cells = words.take(cells.indices)
    if not _is_text(cells.type):
        odd = pa.types.is_time(cells.type) or pa.types.is_duration(cells.type) or pa.types.is_interval(cells.type)
        return (pa.array([None if v is None else str(v) for v in cells.to_pylist()], pa.string()) if odd else cells), {}
    raw = cells.cast(pa.large_binary())
    if pa.types.is_fixed_size_binary(cells.type):  # filled up to its width
        raw = pa.array([cell and cell.rstrip(b"\0") for cell in raw.to_pylist()], pa.large_binary())
    reasons = dict.fromkeys(
        np.flatnonzero(np.asarray(pc.greater(pc.binary_length(raw), longest).fill_null(False))).tolist(),
        "endless field",
    )
    if (data := raw.buffers()[2]) and b"\0" in memoryview(data).tobytes():
        holds = np.asarray(pc.match_substring(raw, b"\0").fill_null(False))
        reasons |= dict.fromkeys(np.flatnonzero(holds).tolist(), "NUL byte")
    try:
        texts = raw.cast(pa.large_string())
    except pa.ArrowInvalid:
        values = raw.to_pylist()
        decoded = [None if value is None else value.decode("utf-8", "backslashreplace") for value in values]
        foreign = (row for row, value in enumerate(values) if value is not None and not is_utf_8(value))
        reasons |= dict.fromkeys(foreign, "bytes of another encoding")
        texts = pa.array(decoded, pa.large_string())
    return texts.cast(pa.string()), reasons


def _value_type(kind: pa.DataType) -> pa.DataType:
    """The type of the values themselves, without extension, runs and dictionary."""
    while True:
        if isinstance(kind, pa.BaseExtensionType):
            kind = kind.storage_type
        elif pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
            kind = kind.value_type
        else:
            return kind


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    kinds = (types.is_string, types.is_large_string, types.is_string_view, types.is_fixed_size_binary)
    return any(one(kind) for one in (*kinds, types.is_binary, types.is_large_binary, types.is_binary_view))

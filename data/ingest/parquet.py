"""Parquet files as records."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest.records import Layout, Records, checked_headings

BATCH = 131_072


def layout(path: Path, label: str) -> Layout:
    """Headings of a Parquet file. Raises BadInputError where it is none, or nests tables in cells."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise BadInputError(Problem(label, "a Parquet file", "bytes that are none")) from error
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    if nested:
        raise BadInputError(Problem(label, "one value a cell", f"nested columns `{'`, `'.join(nested)}`"))
    return Layout(checked_headings(label, schema.names))


def read(path: Path) -> Iterator[Records]:
    """Batches of rows with their typed cells."""
    with pq.ParquetFile(path) as file:
        first, total = 1, max(file.metadata.num_rows, 1)
        for batch in file.iter_batches(BATCH):
            rows = np.arange(first, first + batch.num_rows, dtype=np.int64)
            size = path.stat().st_size * batch.num_rows / total
            yield Records(pa.Table.from_batches([batch]), rows, size=size)
            first += batch.num_rows

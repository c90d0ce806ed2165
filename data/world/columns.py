"""Columns of text by code, and empty cells."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Columns = dict[str, pa.Array]


def text(texts: NDArray[np.object_], codes: NDArray[np.int64]) -> pa.Array:
    """One text of a list for each code."""
    return pa.array(texts, pa.string()).take(pa.array(codes))


def blank(column: pa.Array, empty: NDArray[np.bool_]) -> pa.Array:
    """The column with some cells empty."""
    return pc.if_else(pa.array(~empty), column, None)

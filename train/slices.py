"""Slices of lines that a model has to serve each: goods, origin, suppliers with and without a past."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.reference.orders import FAMILIES
from originrisk.train.examples import Examples

Mask = npt.NDArray[np.bool_]

CHINESE: Final = pa.array(["CN", "HK"])
COTTON: Final = [i for i, name in enumerate(FAMILIES) if name.startswith("cotton")]


def slices(examples: Examples) -> dict[str, Mask]:
    """Named masks (lines,). A line is in several; every line is in one of each pair."""
    cotton = examples.features["goods_family"].isin(COTTON).to_numpy()
    china = is_chinese(examples.lines["country_of_origin"])
    new = examples.features["supplier_age"].isna().to_numpy()
    return {
        "cotton goods": cotton,
        "other goods": ~cotton,
        "declared Chinese": china,
        "declared other origin": ~china,
        "supplier never seen": new,
        "supplier seen before": ~new,
    }


def is_chinese(column: pa.ChunkedArray) -> Mask:
    """Where a column of countries says China or Hong Kong."""
    return np.asarray(pc.fill_null(pc.is_in(column, CHINESE), False))

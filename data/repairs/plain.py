"""Columns as a whole: which cells need no repair under a rule, and typed values as text."""

from math import isnan
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from originrisk.data.identifiers import entry_number
from originrisk.data.repairs import quantities
from originrisk.data.repairs.parse import PLACEHOLDERS

# Cells of this form need no repair and are cast as they are. Days after the 28th may not exist: not here.
PLAIN: Final[dict[str, str]] = {
    "text": r'^[A-Za-z0-9("#][ -~]*[!-~]$',
    "entry number": r"^[A-Z0-9]{3}-?\d{7}-?\d$",
    "line number": r"^[1-9]\d{0,3}$",
    "entry type": r"^\d{2}$",
    "date": r"^(19[89]\d|20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$",
    "importer number": r"^\d[A-Z0-9-]{1,19}$",
    "manufacturer id": r"^[A-Z]{2}[A-Z0-9]{6,13}$",
    "schedule k": r"^\d{5}$",
    "schedule d": r"^\d{4}$",
    "transport mode": r"^\d{2}$",
    "htsus": r"^([1-68-9]\d|0[1-9]|7[0-68-9])(\d{4}|\d{6}|\d{8})$",
    "amount": r"^\d{1,15}(\.\d{1,12})?$",
    "number": r"^-?\d{1,15}(\.\d{1,12})?$",
    "boolean": r"^(true|false)$",
}

# A typed cell between these needs no look at all.
BOUNDS: Final[dict[str, tuple[object, object]]] = {
    "line number": (1, 99_999),
    "date": (quantities.EARLIEST, quantities.LATEST),
    "amount": (0.0, float("inf")),
    "number": (float("-inf"), float("inf")),
    "probability": (0.0, 1.0),
    "boolean": (False, True),
}


def is_plain(rule: str, cells: pa.Array, *, texts: bool = True) -> NDArray[np.bool_]:
    """Cells that may be cast as they are. Where a mapping states another form, no text is plain (`texts`)."""
    if not pa.types.is_string(cells.type):
        return _within(rule, cells)
    if not texts or rule not in PLAIN:
        return np.zeros(len(cells), bool)
    mask = np.asarray(pc.match_substring_regex(cells, PLAIN[rule]).fill_null(False))
    if rule == "entry number":
        mask = mask & entry_number.valid(cells)
    if rule == "text":
        placeholder = pc.is_in(pc.ascii_upper(cells), value_set=pa.array(sorted(PLACEHOLDERS)))
        mask = mask & ~np.asarray(pc.or_(placeholder, pc.ends_with(cells, ".0")).fill_null(True))
    return mask


def as_text(cells: pa.Array) -> pa.Array:
    """Values as a person would write them; a date with a time of midnight is a date, NaN is nothing."""
    if pa.types.is_floating(cells.type):
        numbers = (None if value is None or isnan(value) else value for value in cells.to_pylist())
        return pa.array([None if value is None else repr(value) for value in numbers], pa.string())
    if pa.types.is_timestamp(cells.type):
        moments = pc.strftime(cells, "%Y-%m-%d %H:%M:%S")
        return pc.replace_substring_regex(moments, r" 00:00:00(\.0+)?$", "")
    return cells.cast(pa.string())


def _within(rule: str, cells: pa.Array) -> NDArray[np.bool_]:
    least, most = BOUNDS[rule]
    mask = pc.and_(pc.greater_equal(cells, least), pc.less_equal(cells, most))
    if pa.types.is_floating(cells.type):
        mask = pc.and_(mask, pc.is_finite(cells))
    return np.asarray(mask.fill_null(False))

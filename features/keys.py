"""Whom and what history counts: each key of a line as a 64-bit number, 0 where the line does not say."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from features.goods import prefix, unit_dimension
from features.lines import Ints, Lines, Rows, Text
from features.names import address_key, company_key, tokens

Keys = npt.NDArray[np.uint64]

_FOLD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(33)
_ONE = np.uint64(1)
_NONE = np.uint64(0)


def join(*parts: Keys) -> Keys:
    """One key of several (n,), sensitive to their order; 0 wherever a part is 0."""
    joined = parts[0]
    for part in parts[1:]:
        joined = (joined ^ (joined >> _SHIFT)) * _MIX + part * _FOLD
    present = np.logical_and.reduce([part != 0 for part in parts])
    return np.where(present, joined | _ONE, _NONE)


def hashed(text: Text, spelling: Callable[[str], str] = str) -> Keys:
    """Key of each cell (n,) after `spelling` has brought equal things to one form; an empty form is missing."""
    if (memo_key := (hashed, spelling)) not in text.memo:
        forms = np.array([*map(spelling, text.levels), ""], dtype=object)
        numbers = pd.util.hash_array(forms, categorize=False) | _ONE
        text.memo[memo_key] = np.where(forms == "", _NONE, numbers)
    return text.memo[memo_key][text.codes]


def numbered(values: Ints) -> Keys:
    """Key of whole numbers (n,); 0 stays missing."""
    spread = values.astype(np.uint64) * _FOLD
    return np.where(values > 0, spread | _ONE, _NONE)


def either(first: Keys, second: Keys) -> Keys:
    """The first key, or the second where the first is missing (n,)."""
    return np.where(first != 0, first, second)


def _digits(text: str) -> str:
    return "".join(filter(str.isalnum, text.upper()))


def _filer(entry_number: str) -> str:
    return entry_number[:3]


def _mid_stem(mid: str) -> str:
    """Country and name part of a MID: what stays when only street number or city differ."""
    return mid[:8] if len(mid) >= 8 else ""


def _plain_text(text: str) -> str:
    return " ".join(tokens(text))


def _column(name: str, spelling: Callable[[str], str] = str) -> Callable[[Lines], Keys]:
    return lambda lines: hashed(lines.texts[name], spelling)


def _supplier(lines: Lines) -> Keys:
    """The manufacturer: by MID, else by name."""
    return either(KEYS["mid"](lines), KEYS["maker"](lines))


KEYS: dict[str, Callable[[Lines], Keys]] = {
    "everything": lambda lines: np.ones(lines.size, np.uint64),
    "mid": _column("manufacturer_id", _digits),
    "mid_stem": _column("manufacturer_id", _mid_stem),
    "maker": _column("manufacturer_name", company_key),
    "supplier": _supplier,
    "address": _column("manufacturer_address", address_key),
    "city": _column("manufacturer_city", company_key),
    "seller": _column("seller_name", company_key),
    "consolidator": _column("consolidator_name", company_key),
    "importer": _column("importer_number", _digits),
    "entry": _column("entry_number"),
    "line": lambda lines: numbered(lines.numbers["line_number"].astype(np.int64)),
    "filer": _column("entry_number", _filer),
    "text": _column("description", _plain_text),
    "origin": _column("country_of_origin"),
    "export": _column("country_of_export"),
    "lading": _column("port_of_lading"),
    "entry_port": _column("port_of_entry"),
    "hts10": _column("htsus"),
    "hts6": lambda lines: numbered(prefix(lines, 6)),
    "hts4": lambda lines: numbered(prefix(lines, 4)),
    "unit": lambda lines: numbered(unit_dimension(lines) + 1),
    "value": lambda lines: numbered(np.rint(lines.numbers["entered_value_usd"] * 100).astype(np.int64)),
}


def key_of(lines: Lines, name: str) -> Keys:
    """Key `name` of each line (n,); `a*b` joins the keys a and b. Each is worked out once per set of lines."""
    if (memo_key := (key_of, name)) not in lines.memo:
        parts = name.split("*")
        lines.memo[memo_key] = (
            KEYS[name](lines) if len(parts) == 1 else join(*(key_of(lines, p) for p in parts))
        )
    keys: Keys = lines.memo[memo_key]
    return keys


def find(lines: Lines, entry_numbers: pa.ChunkedArray, line_numbers: pa.ChunkedArray) -> Rows:
    """Row among `lines` of each entry number and line number (n,); -1 where it is not there."""
    keys = key_of(lines, "entry*line")
    order = np.argsort(keys, kind="stable")
    wanted = join(hashed(Text.of(entry_numbers)), numbered(np.asarray(line_numbers.to_numpy())))
    if not len(keys):
        return np.full(len(wanted), -1, np.intp)
    place = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    return np.where(keys[order[place]] == wanted, order[place], -1)

"""HTSUS: number of the Harmonized Tariff Schedule, 10 digits; the first 2, 4, 6 and 8 are headings."""

import re
from collections.abc import Collection, Iterable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

LEVELS: Final = (10, 8, 6, 4, 2)
_DIGITS: Final = re.compile(r"(?:[0-9]{2}){1,5}", re.ASCII)
_PATTERN: Final = re.compile(r"[0-9]{2,10}x*", re.ASCII)
_RANGE: Final = re.compile(r"([0-9]{2,10})-([0-9]{2,10})", re.ASCII)


def normalise(text: str) -> str | None:
    """The digits without dots and blanks, or None unless there are 2, 4, 6, 8 or 10 of them."""
    digits = re.sub(r"[.\s]", "", text)
    return digits if _DIGITS.fullmatch(digits) else None


def dotted(code: str) -> str:
    """As the tariff prints it: `6109.10.00.12`."""
    return ".".join(part for part in (code[:4], code[4:6], code[6:8], code[8:10]) if part)


def ancestors(code: str) -> tuple[str, ...]:
    """The code itself and its broader headings, narrowest first: 10, 8, 6, 4, 2 digits."""
    return tuple(code[:level] for level in LEVELS if level <= len(code))


def expand(pattern: str) -> tuple[str, ...]:
    """Digit prefixes that a scope pattern means: `5201-5212` is a range, a trailing `x` is any digit.

    `5801.2x` gives `("58012",)`. Raises ValueError for anything else.
    """
    text = pattern.replace(".", "").strip()
    if ends := _RANGE.fullmatch(text):
        return _range(*ends.groups())
    if not _PATTERN.fullmatch(text):
        raise ValueError(f"not a tariff pattern: {pattern!r}")
    return (text.rstrip("x"),)


def _range(first: str, last: str) -> tuple[str, ...]:
    if len(first) != len(last) or first > last:
        raise ValueError(f"not a tariff range: {first}-{last}")
    return tuple(str(code).zfill(len(first)) for code in range(int(first), int(last) + 1))


def longest_prefix(code: str, prefixes: Collection[str]) -> str | None:
    """The narrowest of `prefixes` that the code begins with, of any number of digits, or None."""
    return next((code[:end] for end in range(len(code), 1, -1) if code[:end] in prefixes), None)


def matches(
    codes: pa.Array | pa.ChunkedArray | NDArray[np.object_], prefixes: Iterable[str]
) -> NDArray[np.bool_]:
    """Where a code begins with one of the prefixes; False where null."""
    wanted = frozenset(prefixes)
    text = pa.array(codes, type=pa.string(), from_pandas=True) if isinstance(codes, np.ndarray) else codes
    distinct = pc.unique(text).drop_null()
    hits = [code for code in distinct.to_pylist() if longest_prefix(code, wanted)]
    return np.asarray(pc.is_in(text, value_set=pa.array(hits, type=pa.string())))

"""Identifiers of entries and importers: real forms, from ranges that look unassigned."""

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from originrisk.data.identifiers.entry_number import check_digit

_EIN_PREFIXES: Final = (7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97)
"""Prefixes that the tax authority has not given out."""
_PRIME: Final = 9_999_991
_PLACES: Final = 10 ** np.arange(6, -1, -1)


def filer_codes(count: int) -> list[str]:
    """Filer codes that begin with Z."""
    return [f"Z{number % 10}{chr(ord('A') + number // 10)}" for number in range(count)]


def entry_numbers(filer: NDArray[np.int64], line_shipment: NDArray[np.int32]) -> pa.Array:
    """Entry number of each line: filers number their entries one after another, in the order of the shipments."""
    codes = filer_codes(int(filer.max()) + 1)
    order = np.argsort(filer, kind="stable")
    sequence = np.empty(len(filer), dtype=np.int64)
    first = np.searchsorted(filer[order], filer[order], side="left")
    sequence[order] = 1_000_000 + np.arange(len(filer)) - first
    digits = sequence[:, None] // _PLACES % 10
    doubled = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9])[digits[:, 0::2]].sum(axis=1) + digits[:, 1::2].sum(
        axis=1
    )
    check = (np.array([check_digit(code, "0" * 7) for code in codes])[filer] - doubled) % 10
    letters = np.array([list(code.encode()) for code in codes], dtype=np.uint8)[filer]
    characters = np.hstack([letters, (digits + 48).astype(np.uint8), (check[:, None] + 48).astype(np.uint8)])
    return fixed_text(characters).take(pa.array(line_shipment))


def fixed_text(characters: NDArray[np.uint8]) -> pa.Array:
    """Text of equal length from ASCII codes, (n, width)."""
    count, width = characters.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(characters))]
    return pa.Array.from_buffers(pa.string(), count, buffers)


def importer_numbers(count: int) -> pa.Array:
    """Numbers of importers: most EINs with suffix, some assigned by CBP. No two are equal."""
    return pa.array([_importer_number(number) for number in range(count)], pa.string())


def _importer_number(number: int) -> str:
    serial = (number * 48_271 + 1_234_567) % _PRIME
    if number % 17 == 5:
        return f"{15 + number % 9}{serial // 100_000 % 100:02d}99-{number % 100_000:05d}"
    return f"{_EIN_PREFIXES[number * 7 % len(_EIN_PREFIXES)]:02d}-{serial:07d}00"

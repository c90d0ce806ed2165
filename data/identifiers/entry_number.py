"""Entry number: filer code (3 letters or digits), sequence (7 digits), check digit, as `ABC-1234567-6`.

The check digit follows the entry summary chapter of the ACE CATAIR: letters become digits, characters in even
positions are doubled and their digits added, and the sum is filled up to a multiple of ten.
"""

import re
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_FORM: Final = re.compile(r"([A-Z0-9]{3})-?([0-9]{7})-?([0-9])", re.ASCII)
_LETTERS: Final = "ABCDEFGHIJKLMNOPQR_STUVWXYZ"
"""Three runs of nine; S starts the third at 2, so its first place is empty."""


_VALUES: Final = np.zeros(256, dtype=np.int64)
_VALUES[ord("0") : ord("9") + 1] = np.arange(10)
_VALUES[[ord(letter) for letter in _LETTERS]] = np.arange(len(_LETTERS)) % 9 + 1
_DOUBLED: Final = np.array([2 * v - 9 if v > 4 else 2 * v for v in range(10)])[_VALUES]


def _check_digits(characters: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Check digit of each row; `characters` is (n, 10) ASCII: filer code and sequence."""
    total: NDArray[np.int64] = _VALUES[characters[:, 0::2]].sum(axis=1) + _DOUBLED[characters[:, 1::2]].sum(axis=1)
    return -total % 10


def check_digit(filer: str, sequence: str) -> int:
    """Check digit for a filer code (3 characters) and a sequence number (7 digits)."""
    if not _FORM.fullmatch(f"{filer}{sequence}0"):
        raise ValueError("an entry number has 3 letters or digits and then 7 digits")
    return int(_check_digits(np.frombuffer(f"{filer}{sequence}".encode(), dtype=np.uint8)[None, :])[0])


def normalise(text: str) -> str | None:
    """The 11 characters without hyphens, or None without that form; the check digit is not judged."""
    match = _FORM.fullmatch(text.strip().upper())
    return "".join(match.groups()) if match else None


def valid(codes: pa.Array | pa.ChunkedArray | NDArray[np.object_]) -> NDArray[np.bool_]:
    """Where form and check digit are right, with or without hyphens; False where null."""
    if isinstance(codes, np.ndarray):
        codes = pa.array(codes, type=pa.string(), from_pandas=True)
    elif isinstance(codes, pa.ChunkedArray):
        codes = codes.combine_chunks()
    text = pc.utf8_upper(pc.utf8_trim_whitespace(codes))
    formed = pc.fill_null(pc.match_substring_regex(text, f"^(?:{_FORM.pattern})$"), False)
    plain = pc.replace_substring(text.filter(formed), pattern="-", replacement="")
    characters = np.frombuffer(plain.cast(pa.binary()).cast(pa.binary(11)).buffers()[1], dtype=np.uint8).reshape(-1, 11)
    mask: NDArray[np.bool_] = np.asarray(formed).copy()
    mask[mask] = _check_digits(characters[:, :10]) == _VALUES[characters[:, 10]]
    return mask

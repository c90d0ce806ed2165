"""What the tariff number and the unit of a line say, read once per distinct value."""

from collections.abc import Callable

import numpy as np

from originrisk.features.lines import Bools, Floats, Ints, Lines

KILOS_PER_POUND = 0.45359237

PIECE, PAIR, KILOGRAM, SQUARE_METRE, METRE, LITRE, OTHER = range(1, 8)

# Unit codes of the US tariff schedule and spellings seen in trade records: (dimension, how many of it).
UNITS = {
    "NO": (PIECE, 1), "PCS": (PIECE, 1), "PC": (PIECE, 1), "PIECE": (PIECE, 1), "PIECES": (PIECE, 1), "EA": (PIECE, 1),
    "X": (PIECE, 1), "SET": (PIECE, 1), "SETS": (PIECE, 1), "PK": (PIECE, 1), "THS": (PIECE, 1000), "K": (PIECE, 1000),
    "HUN": (PIECE, 100), "GR": (PIECE, 144), "GRS": (PIECE, 144), "DOZ": (PIECE, 12), "DZ": (PIECE, 12),
    "PRS": (PAIR, 1), "PR": (PAIR, 1), "DPR": (PAIR, 12),
    "KG": (KILOGRAM, 1), "KGS": (KILOGRAM, 1), "G": (KILOGRAM, 0.001),
    "T": (KILOGRAM, 1000), "TON": (KILOGRAM, 1000), "CKG": (KILOGRAM, 1),
    "LB": (KILOGRAM, KILOS_PER_POUND), "LBS": (KILOGRAM, KILOS_PER_POUND),
    "M2": (SQUARE_METRE, 1), "SQM": (SQUARE_METRE, 1), "CM2": (SQUARE_METRE, 0.0001),
    "M": (METRE, 1), "KM": (METRE, 1000), "L": (LITRE, 1), "LTR": (LITRE, 1), "HL": (LITRE, 100),
}  # fmt: skip


def prefix(lines: Lines, digits: int) -> Ints:
    """First `digits` digits of HTSUS as a whole number (n,); 0 where the number is shorter."""
    return lines.texts["htsus"].read(_PREFIXES[digits], 0).astype(np.int64)


def _leading(digits: int) -> Callable[[str], int]:
    return lambda hts: int(hts[:digits]) if len(hts) >= digits else 0


_PREFIXES = {digits: _leading(digits) for digits in (2, 4, 6, 8, 10)}


def _dimension(unit: str) -> int:
    return UNITS.get(unit, (OTHER, 1))[0]


def _multiple(unit: str) -> float:
    return float(UNITS.get(unit, (OTHER, 1))[1])


def unit_dimension(lines: Lines) -> Ints:
    """What the first quantity counts (n,): pieces, pairs, kilograms …; 0 where no unit is given."""
    return lines.texts["unit_of_measure"].read(_dimension, 0).astype(np.int64)


def units(lines: Lines) -> Floats:
    """First quantity in single pieces, pairs, kilograms … (n,); NaN where quantity or unit is missing or zero."""
    quantity = lines.numbers["quantity"] * lines.texts["unit_of_measure"].read(_multiple, np.nan)
    return np.where(quantity > 0, quantity, np.nan)


def positive(values: Floats) -> Floats:
    """Values above zero (n,); NaN elsewhere."""
    return np.where(values > 0, values, np.nan)


def within(numbers: Ints, *ranges: tuple[int, int]) -> Bools:
    """True where a number lies in one of the closed ranges (n,)."""
    inside = np.zeros(len(numbers), np.bool_)
    for low, high in ranges:
        inside |= (numbers >= low) & (numbers <= high)
    return inside

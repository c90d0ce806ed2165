"""MID: manufacturer identification code, as on an entry line: `CNXINTIA16KOR`.

Country (2), name (up to 6), number (up to 4 digits), city (up to 3 letters): 15 characters at most.
Different firms share a MID by design: **a match is a lead, never an identity**. Rules: 19 CFR part 102, appendix.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

CANADA: Final = {
    "AB": "XA",
    "BC": "XC",
    "MB": "XM",
    "NB": "XB",
    "NL": "XW",
    "NT": "XT",
    "NS": "XN",
    "NU": "XV",
    "ON": "XO",
    "PE": "XP",
    "QC": "XQ",
    "SK": "XS",
    "YT": "XY",
}
"""Province to the code that stands in place of a country."""

NEAR_EDITS: Final = 2
"""Edits (insert, delete, replace, swap of neighbours) up to which two MIDs of one country are near."""

_FORM: Final = re.compile(r"([A-Z]{2})([A-Z0-9]+?)([0-9]*)([A-Z]{1,3})", re.ASCII)
_LONGEST: Final = 15
_NAME_LONGEST: Final = 6
_NUMBER_LONGEST: Final = 4


@dataclass(frozen=True, slots=True)
class ManufacturerId:
    """A MID in its parts; `number` is empty where the address had none."""

    country: str
    name: str
    number: str
    city: str

    def __str__(self) -> str:
        return f"{self.country}{self.name}{self.number}{self.city}"

    @property
    def origin(self) -> str:
        """ISO alpha-2 country: CA for the codes of Canadian provinces."""
        return "CA" if self.country in CANADA.values() else self.country


class Likeness(IntEnum):
    """How two MIDs compare, the stronger the greater."""

    DIFFERENT = 0
    NEAR = 1
    SAME = 2


def normalise(text: str) -> str:
    """Upper case without blanks."""
    return re.sub(r"\s", "", text).upper()


@lru_cache(1 << 14)
def parse(text: str) -> ManufacturerId | None:
    """The parts, or None if the text is not a well-formed MID.

    Nothing marks where a part ends. The city is the last letters, three at most; the number is the digits
    before it; of more than four, the first fill the name up to its sixth place.
    """
    code = normalise(text)
    match = _FORM.fullmatch(code)
    if not match or len(code) > _LONGEST:
        return None
    country, name, number, city = match.groups()
    if len(number) > _NUMBER_LONGEST:
        keep = _NAME_LONGEST - len(name)
        name, number = name + number[:keep], number[keep:]
    return ManufacturerId(country, name, number, city) if _fits(name, number) else None


def _fits(name: str, number: str) -> bool:
    return len(name) <= _NAME_LONGEST and len(number) <= _NUMBER_LONGEST


def compare(first: str, second: str) -> Likeness:
    """How alike two MIDs are. NEAR: one country and few edits, or one name with another number or city."""
    left, right = normalise(first), normalise(second)
    if left == right:
        return Likeness.SAME
    if left[:2] != right[:2]:
        return Likeness.DIFFERENT
    near = OSA.distance(left, right, score_cutoff=NEAR_EDITS) <= NEAR_EDITS or _one_name(left, right)
    return Likeness.NEAR if near else Likeness.DIFFERENT


def _one_name(first: str, second: str) -> bool:
    left, right = parse(first), parse(second)
    return left is not None and right is not None and left.name == right.name

"""Slips of keying and romanisation: whether one may make a word of another, and how much doubt it leaves."""

from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

_LEAST_TO_MISTYPE: Final = 4
_LEAST_FOR_TWO_SLIPS: Final = 9
_LONGEST_ROMANISATION: Final = 3
_LETTER_MORE: Final = 18.0
_LETTER_OTHER: Final = 24.0
"""Bits that a letter more or less, or another letter, costs in a word without length; each letter of it saves one."""


def is_mistyped(word: str, other: str) -> bool:
    """Whether one slip of keying or another romanisation may make one word of the other; two slips in a long one."""
    shortest, longest = sorted((len(word), len(other)))
    if (
        shortest < _LEAST_TO_MISTYPE
        or longest > shortest + _LONGEST_ROMANISATION
        or word.isdigit()
        or other.isdigit()
    ):
        return False
    if romanised(word) == romanised(other):
        return True
    if shortest == _LEAST_TO_MISTYPE:
        return longest == shortest and sorted(word) == sorted(other)
    slips = 2 if shortest >= _LEAST_FOR_TWO_SLIPS else 1
    return OSA.distance(word, other, score_cutoff=slips) <= slips


@lru_cache(maxsize=1 << 16)
def romanised(word: str) -> str:
    """One form for the romanisations of a word: old Indonesian letters, English vowels, doubled letters."""
    if any(old in word for old in ("TJ", "DJ", "OE")):
        word = (
            word.replace("TJ", "C").replace("DJ", "!").replace("J", "Y").replace("!", "J").replace("OE", "U")
        )
    for spelt, plain in (("EE", "I"), ("OO", "U"), ("PH", "F"), ("KSH", "X"), ("Q", "K"), ("W", "V")):
        word = word.replace(spelt, plain)
    return "".join(letter for letter, before in zip(word, " " + word, strict=False) if letter != before)


def slip_cost(word: str, other: str, *, own: bool) -> float:
    """Bits that a slip costs: few for romanisation and swapped letters; more where another name may be meant, as a
    letter more, less or other often makes one of a short word."""
    if romanised(word) == romanised(other) or not own:
        return 1.5
    if sorted(word) == sorted(other):
        return 2.5 if len(word) > 4 else 4.0
    slip = _LETTER_MORE if len(word) != len(other) else _LETTER_OTHER
    return OSA.distance(word, other) * max(slip - min(len(word), len(other)), 4.0)

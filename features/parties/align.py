"""Slips of keying and romanisation: whether one may make a word of another, and how much doubt it leaves."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from originrisk.features.vocabulary import GENERIC, PLACES

_LEAST_TO_MISTYPE: Final = 4
_LEAST_FOR_TWO_SLIPS: Final = 9
_LONGEST_ROMANISATION: Final = 3
_LETTER_MORE: Final = 18.0
_LETTER_OTHER: Final = 24.0
"""Bits that a letter more or less, or another letter, costs in a word without length; each letter of it saves one."""


def is_mistyped(word: str, other: str) -> bool:
    """Whether one slip of keying or another romanisation may make one word of the other; two slips in a long one."""
    shortest, longest = sorted((len(word), len(other)))
    if shortest < _LEAST_TO_MISTYPE or longest > shortest + _LONGEST_ROMANISATION or word.isdigit() or other.isdigit():
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
        word = word.replace("TJ", "C").replace("DJ", "!").replace("J", "Y").replace("!", "J").replace("OE", "U")
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


_LONGEST_RUN: Final = 5
_VOWELS: Final = frozenset("AEIOU")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WordMatch:
    """Words `left[0]` up to `left[1]` of the left name answer to words `right[0]` up to `right[1]` of the right."""

    kind: str
    left: Span
    right: Span


class _Run(NamedTuple):
    """Words that follow one another: their places as a span and as bits, how many, joined, and their first letters."""

    span: Span
    bits: int
    size: int
    text: str
    initials: str


def align(left: list[str], right: list[str]) -> list[WordMatch]:
    """Matches of words; no word is used twice."""
    free, free_right = (1 << len(left)) - 1, (1 << len(right)) - 1
    runs, runs_right = _runs(tuple(left)), _runs(tuple(right))
    matches: list[WordMatch] = []
    for kind, (fits, longest) in _KINDS.items():
        others = [other for other in runs_right if other.size <= longest and other.bits & free_right == other.bits]
        for run in runs:
            if run.size > longest or run.bits & free != run.bits:
                continue
            other = next((other for other in others if fits(run, other)), None)
            if other:
                matches.append(WordMatch(kind, run.span, other.span))
                free, free_right = free & ~run.bits, free_right & ~other.bits
                others = [other for other in others if other.bits & free_right == other.bits]
        if not (free and free_right):
            break
    return matches


def unmatched(words: list[str], spans: list[Span]) -> list[int]:
    """Places of words outside all spans."""
    used = {place for span in spans for place in range(*span)}
    return [place for place in range(len(words)) if place not in used]


@lru_cache(maxsize=1 << 16)
def _runs(words: tuple[str, ...]) -> tuple[_Run, ...]:
    spans = [
        (start, end)
        for start in range(len(words))
        for end in range(start + 1, min(start + _LONGEST_RUN, len(words)) + 1)
    ]
    return tuple(_run(words, *span) for span in spans)


def _run(words: tuple[str, ...], start: int, end: int) -> _Run:
    part = words[start:end]
    bits = (1 << end) - (1 << start)
    return _Run((start, end), bits, end - start, "".join(part), "".join(word[0] for word in part))


def _equal(run: _Run, other: _Run) -> bool:
    """`XIN JIANG` and `XINJIANG`, `XIN HUA` and `XINH UA`."""
    return run.text == other.text


def _initials(run: _Run, other: _Run) -> bool:
    """`HTM` and `HAIGE TEXTILE MILL`."""
    return (other.size > 1 and run.text == other.initials) or (run.size > 1 and other.text == run.initials)


def _shortened(run: _Run, other: _Run) -> bool:
    """`COMM` of `COMMUNICATION`, `QD` of `QINGDAO`: a beginning, or consonants in their order.

    Of a firm's own word only a long beginning will do, as where a field was cut: `SOLA` is not `SOLAPALO`.
    """
    short, long = sorted((run.text, other.text), key=len)
    if short[0] != long[0] or len(long) < len(short) + 2 or not short.isalpha():
        return False
    least = 3 if long in GENERIC or long in PLACES else 5
    return (len(short) >= least and long.startswith(short)) or _consonants_of(short, long)


def _consonants_of(short: str, long: str) -> bool:
    letters = iter(long)
    return len(short) > 1 and not _VOWELS & set(short) and all(letter in letters for letter in short)


def _mistyped(run: _Run, other: _Run) -> bool:
    """Words that differ by a slip, also where one is parted: `QIAO LONG` and `QIAOLNOG`."""
    return (run.size == 1 or other.size == 1) and is_mistyped(run.text, other.text)


_KINDS: Final = {
    "same": (_equal, 1),
    "parted": (_equal, 4),
    "initials": (_initials, 5),
    "shortened": (_shortened, 1),
    "mistyped": (_mistyped, 3),
}
"""Kinds of matches, the surest first: what fits, and how many words may be joined for it."""

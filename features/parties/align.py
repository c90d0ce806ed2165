"""Which words of two names answer to each other: the same, parted otherwise, shortened, mistyped; the surest first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from features.names import GENERIC, PLACES

_LONGEST_RUN: Final = 4
_LEAST_TO_MISTYPE: Final = 5
_LEAST_FOR_TWO_SLIPS: Final = 9
_VOWELS: Final = frozenset("AEIOU")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Match:
    """Words `left[0]` up to `left[1]` of the left name answer to words `right[0]` up to `right[1]` of the right."""

    kind: str
    left: Span
    right: Span


def align(left: list[str], right: list[str]) -> list[Match]:
    """Matches of words; no word is used twice."""
    free = [True] * len(left), [True] * len(right)
    matches: list[Match] = []
    for find in (_same, _parted, _initials, _shortened, _mistyped):
        if any(free[0]) and any(free[1]):
            matches.extend(match for match in find(left, right) if _taken(free, match))
    return matches


def unmatched(words: list[str], spans: list[Span]) -> list[int]:
    """Places of words outside all spans."""
    used = {place for span in spans for place in range(*span)}
    return [place for place in range(len(words)) if place not in used]


def _taken(free: tuple[list[bool], list[bool]], match: Match) -> bool:
    spans = slice(*match.left), slice(*match.right)
    if not all(all(side[span]) for side, span in zip(free, spans, strict=True)):
        return False
    for side, span in zip(free, spans, strict=True):
        side[span] = [False] * (span.stop - span.start)
    return True


def _words(kind: str, fits: Callable[[str, str], bool], left: list[str], right: list[str]) -> Iterator[Match]:
    for i, word in enumerate(left):
        for j, other in enumerate(right):
            if fits(word, other):
                yield Match(kind, (i, i + 1), (j, j + 1))


def _same(left: list[str], right: list[str]) -> Iterator[Match]:
    return _words("same", str.__eq__, left, right)


def _parted(left: list[str], right: list[str]) -> Iterator[Match]:
    """`XIN JIANG` and `XINJIANG`, `XIN HUA` and `XINH UA`."""
    runs = {"".join(right[start:end]): (start, end) for start, end in _runs(right)}
    for start, end in _runs(left):
        span = runs.get("".join(left[start:end]))
        if span:
            yield Match("parted", (start, end), span)


def _runs(words: list[str]) -> list[Span]:
    lengths = range(1, min(_LONGEST_RUN, len(words)) + 1)
    return [(start, start + size) for size in lengths for start in range(len(words) - size + 1)]


def _initials(left: list[str], right: list[str]) -> Iterator[Match]:
    """`HTM` and `HAIGE TEXTILE MILL`."""
    firsts = "".join(word[0] for word in left), "".join(word[0] for word in right)
    for i, word in enumerate(left):
        if len(word) in (2, 3, 4, 5) and (at := firsts[1].find(word)) >= 0:
            yield Match("initials", (i, i + 1), (at, at + len(word)))
    for j, word in enumerate(right):
        if len(word) in (2, 3, 4, 5) and (at := firsts[0].find(word)) >= 0:
            yield Match("initials", (at, at + len(word)), (j, j + 1))


def _shortened(left: list[str], right: list[str]) -> Iterator[Match]:
    return _words("shortened", _is_shortened, left, right)


def _is_shortened(word: str, other: str) -> bool:
    """`COMM` of `COMMUNICATION`, `QD` of `QINGDAO`: a beginning, or consonants in their order.

    Of a firm's own word only a long beginning will do, as where a field was cut: `SOLA` is not `SOLAPALO`.
    """
    short, long = sorted((word, other), key=len)
    if short[0] != long[0] or len(long) < len(short) + 2 or not short.isalpha():
        return False
    least = 3 if long in GENERIC or long in PLACES else 5
    return (len(short) >= least and long.startswith(short)) or _consonants_of(short, long)


def _consonants_of(short: str, long: str) -> bool:
    letters = iter(long)
    return len(short) > 1 and not _VOWELS & set(short) and all(letter in letters for letter in short)


def _mistyped(left: list[str], right: list[str]) -> Iterator[Match]:
    return _words("mistyped", _is_mistyped, left, right)


def _is_mistyped(word: str, other: str) -> bool:
    shortest = min(len(word), len(other))
    if shortest < _LEAST_TO_MISTYPE or word.isdigit() or other.isdigit():
        return False
    slips = 2 if shortest >= _LEAST_FOR_TWO_SLIPS else 1
    return OSA.distance(word, other, score_cutoff=slips) <= slips

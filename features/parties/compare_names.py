"""Evidence of two company names: which words they share, and which speak against one another."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import OSA

from originrisk.features.names import company_tokens, tokens
from originrisk.features.parties.align import Match, align, unmatched
from originrisk.features.parties.evidence import Evidence, Part
from originrisk.features.parties.rarity import Rarity
from originrisk.features.parties.slips import slip_cost
from originrisk.features.vocabulary import GENERIC, PLACES

_OTHER_NAME: Final = -25.0
"""No word of its own in common: another firm, however near."""
_OTHER_WORD: Final = -12.0
"""On top of what the words tell, where each name has a word of its own that the other lacks."""
_AGAINST: Final = {"number": -30.0, "place": -12.0, "trade": -14.0}
"""Where each name has a word of the kind that the other lacks."""
_SYNONYM: Final = -3.0
"""Where the words are translations of one word: `CLOTHING` and `GARMENT`."""
_SYNONYMS: Final = (
    {"GARMENT", "CLOTHING", "APPAREL", "FASHION", "WEAR"},
    {"FACTORY", "MILL", "PLANT", "WORK"},
    {"TRADING", "COMMERCE", "IMPORT", "EXPORT"},
    {"ELECTRIC", "ELECTRICAL", "ELECTRONIC"},
    {"MANUFACTURING", "INDUSTRY"},
    {"SHOE", "FOOTWEAR"},
    {"FIBRE", "FIBER"},
    {"GROUP", "HOLDING"},
)
_TURNED: Final = -20.0
"""Two words of its own in the other order: `XIN HUA` and `HUA XIN` are two firms."""
_LACKING: Final = {"number": 1.5, "place": 0.05, "trade": 0.25, "own": 0.35}
"""Share of a word's bits that speaks against, where the other name merely lacks it."""
_WORTH: Final = {"shortened": 0.4, "initials": 0.35}
"""Share of a word's bits that a match of an unsure kind is worth."""
_SURE: Final = ("same", "parted", "mistyped")
_WRITTEN: Final = 3.0
"""Bits against names that share no letter as they were written."""
_REPEATED: Final = 0.3
"""Share that counts of what a second and a third word of the same kind tell, where it is not the firm's own."""


def weigh_names(left: str, right: str, rarity: Rarity, cities: tuple[str, str] = ("", "")) -> list[Part]:
    """Evidence of two names in the form of a record (words parted by blanks); words of `cities` count as places."""
    if not left or not right:
        return []
    names = _Names(left.split(), right.split(), _aligned(left, right), rarity, cities)
    return [*names.agreement(), *names.disagreement(), *names.turned()]


def weigh_texts(left: str, right: str, rarity: Rarity) -> Evidence:
    """Evidence of two names as they were written, legal forms and all; for names without an address."""
    unlike = OSA.normalized_distance(" ".join(tokens(left)), " ".join(tokens(right)))
    words = weigh_names(" ".join(company_tokens(left)), " ".join(company_tokens(right)), rarity)
    return Evidence((*words, Part("written otherwise", -_WRITTEN * unlike, left, right)))


@lru_cache(maxsize=1 << 16)
def _aligned(left: str, right: str) -> tuple[Match, ...]:
    return tuple(align(left.split(), right.split()))


@dataclass(frozen=True, slots=True)
class _Names:
    left: list[str]
    right: list[str]
    matches: tuple[Match, ...]
    rarity: Rarity
    cities: tuple[str, str]

    def kind(self, word: str) -> str:
        """What a word is: number, place, trade, or the firm's own."""
        if word.isdigit():
            return "number"
        if word in PLACES or word in self.cities[0] or word in self.cities[1]:
            return "place"
        return "trade" if word in GENERIC else "own"

    def told(self, words: list[str]) -> float:
        return sum(map(self.rarity.bits, words))

    def words(self, match: Match) -> tuple[list[str], list[str]]:
        return self.left[slice(*match.left)], self.right[slice(*match.right)]

    def kind_of(self, match: Match) -> str:
        """What matched words are: the firm's own only if they are so on either side."""
        kinds = [self.kind("".join(words)) for words in self.words(match)]
        return next((kind for kind in kinds if kind != "own"), "own")

    def agreement(self) -> Iterator[Part]:
        counted = set()
        for match in sorted(self.matches, key=self._bits, reverse=True):
            kind = self.kind_of(match)
            share = _REPEATED if kind in counted else 1.0
            counted |= {kind} - {"own"}
            yield Part(f"name {match.kind}", share * self._bits(match), *map(" ".join, self.words(match)))

    def _bits(self, match: Match) -> float:
        mine, theirs = self.words(match)
        if all("".join(mine) in city for city in self.cities):
            return 0.0  # the city itself is evidence already
        told = self.told(mine), self.told(theirs)
        if match.kind not in _SURE:
            return _WORTH[match.kind] * max(told)
        slip = 0.0
        if match.kind == "mistyped":
            slip = slip_cost("".join(mine), "".join(theirs), own=self.kind_of(match) == "own")
        return min(told) - slip

    def disagreement(self) -> Iterator[Part]:
        left = [self.left[at] for at in unmatched(self.left, [match.left for match in self.matches])]
        right = [self.right[at] for at in unmatched(self.right, [match.right for match in self.matches])]
        for kind in _LACKING:
            mine, theirs = ([word for word in side if self.kind(word) == kind] for side in (left, right))
            if mine or theirs:
                name = f"other {kind}" if mine and theirs else f"lacks {kind}"
                yield Part(name, self._against(kind, mine, theirs), " ".join(mine), " ".join(theirs))

    def _against(self, kind: str, mine: list[str], theirs: list[str]) -> float:
        if kind == "own" and self._strangers():
            return _OTHER_NAME
        if not (mine and theirs):
            return -_LACKING[kind] * self.told([*mine, *theirs])
        if kind == "trade" and any(
            meaning.intersection(mine) and meaning.intersection(theirs) for meaning in _SYNONYMS
        ):
            return _SYNONYM
        told = min(max(map(self.rarity.bits, side)) for side in (mine, theirs))
        return _AGAINST.get(kind, _OTHER_WORD - told)

    def _strangers(self) -> bool:
        """Whether both names have words of their own, and share none for sure."""
        both = all(any(self.kind(word) == "own" for word in side) for side in (self.left, self.right))
        sure = (match for match in self.matches if match.kind in _SURE and self._bits(match) > 0)
        return both and not any(self.kind_of(match) == "own" for match in sure)

    def turned(self) -> Iterator[Part]:
        own = (match for match in self.matches if self.kind_of(match) == "own")
        for first, second in pairwise(sorted(own, key=lambda match: match.left)):
            if first.right > second.right:
                words = self.left[first.left[0]], self.left[second.left[0]]
                yield Part("words turned", _TURNED, " ".join(words), " ".join(reversed(words)))

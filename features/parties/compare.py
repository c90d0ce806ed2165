"""What speaks for and against two names being one firm's: parts in bits that add up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from math import log2
from typing import Final, Protocol

import numpy as np
from rapidfuzz.distance import OSA

from originrisk.features.history.keys import Keys
from originrisk.features.lines import Ints
from originrisk.features.names import company_tokens, tokens
from originrisk.features.parties.align import WordMatch, align, slip_cost, unmatched
from originrisk.features.vocabulary import GENERIC, PLACES, STREET


def word_hash(word: str) -> int:
    """Number of a word: 64 bits, never 0, the same in every run."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") | 1


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """One piece of evidence: `bits` for (above 0) or against (below 0), and the words of either side it rests on."""

    kind: str
    bits: float
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class MatchEvidence:
    """All pieces. Bits are base-2 logarithms of odds; they have no ceiling, so strong pairs stay in order."""

    parts: tuple[EvidencePart, ...]

    @property
    def bits(self) -> float:
        """Sum of the pieces: each bit doubles the odds."""
        return sum(part.bits for part in self.parts)


IMAGINED: Final = 1000
"""Parties imagined in each country before any is known: nobody knows all that there are."""
_SHARED: Final = 30.0
"""How many of them use a generic word; half as many a number or a city; one any other word of usual length."""
_USUAL_LENGTH: Final = 6
"""Letters. Of words never seen, short ones are likelier to be another's too."""


class Rarity(Protocol):
    """Anything that tells how many bits agreement on a word is worth."""

    def bits(self, word: str) -> float:
        """Information of a word, in bits."""
        ...


class WordCounts:
    """How many parties of each country have a word in the record that founded them.

    Kinds of words are told apart by their first letter: none for a name's, `@` for a street's, `%` for a city's,
    `#` for a number, `~` for the name part of a MID. The empty word counts the parties.
    """

    def __init__(self, keys: Keys | None = None, counts: Ints | None = None) -> None:
        self._keys: Keys = np.empty(0, np.uint64) if keys is None else keys
        self._counts: Ints = np.empty(0, np.int64) if counts is None else counts
        self._added: dict[int, int] = {}

    def count(self, country: str, words: Iterable[str]) -> None:
        """Count one more party of a country with these words."""
        for key in {_key(country, word) for word in ("", *words)}:
            self._added[key] = self._added.get(key, 0) + 1

    def known(self, country: str, word: str) -> int:
        """Parties of a country that have a word."""
        key = _key(country, word)
        place = int(np.searchsorted(self._keys, np.uint64(key)))
        held = place < len(self._keys) and int(self._keys[place]) == key
        return (int(self._counts[place]) if held else 0) + self._added.get(key, 0)

    def arrays(self) -> tuple[Keys, Ints]:
        """Keys in order, and their counts."""
        added = np.fromiter(self._added, np.uint64, len(self._added))
        keys, place = np.unique(np.concatenate([self._keys, added]), return_inverse=True)
        counts = np.zeros(len(keys), np.int64)
        np.add.at(counts, place, [*self._counts.tolist(), *self._added.values()])
        return keys, counts


class CountryRarity:
    """Rarity of words among the parties of one country, as counted when it was made. Ask one for each comparison."""

    def __init__(self, counts: WordCounts, country: str) -> None:
        self._counts, self._country = counts, country
        self.parties = counts.known(country, "") + IMAGINED
        self._told: dict[str, float] = {}

    def bits(self, word: str) -> float:
        """Information of a word, in bits: the choice among all parties of the country, if none has it."""
        if word not in self._told:
            known = self._counts.known(self._country, word)
            self._told[word] = log2(self.parties / (known + _imagined(word)))
        return self._told[word]


def _key(country: str, word: str) -> int:
    return word_hash(f"{country} {word}")


def _imagined(word: str) -> float:
    if word[:1] in ("#", "%") or word.isdigit():
        return _SHARED / 2
    if word in GENERIC or word in PLACES or word[1:] in STREET:
        return _SHARED
    return _USUAL_LENGTH / max(len(word), 2)


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


def weigh_names(left: str, right: str, rarity: Rarity, cities: tuple[str, str] = ("", "")) -> list[EvidencePart]:
    """Evidence of two names in the form of a record (words parted by blanks); words of `cities` count as places."""
    if not left or not right:
        return []
    names = _Names(left.split(), right.split(), _aligned(left, right), rarity, cities)
    return [*names.agreement(), *names.disagreement(), *names.turned()]


def weigh_texts(left: str, right: str, rarity: Rarity) -> MatchEvidence:
    """Evidence of two names as they were written, legal forms and all; for names without an address."""
    unlike = OSA.normalized_distance(" ".join(tokens(left)), " ".join(tokens(right)))
    words = weigh_names(" ".join(company_tokens(left)), " ".join(company_tokens(right)), rarity)
    return MatchEvidence((*words, EvidencePart("written otherwise", -_WRITTEN * unlike, left, right)))


@lru_cache(maxsize=1 << 16)
def _aligned(left: str, right: str) -> tuple[WordMatch, ...]:
    return tuple(align(left.split(), right.split()))


@dataclass(frozen=True, slots=True)
class _Names:
    left: list[str]
    right: list[str]
    matches: tuple[WordMatch, ...]
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

    def words(self, match: WordMatch) -> tuple[list[str], list[str]]:
        return self.left[slice(*match.left)], self.right[slice(*match.right)]

    def kind_of(self, match: WordMatch) -> str:
        """What matched words are: the firm's own only if they are so on either side."""
        kinds = [self.kind("".join(words)) for words in self.words(match)]
        return next((kind for kind in kinds if kind != "own"), "own")

    def agreement(self) -> Iterator[EvidencePart]:
        counted = set()
        for match in sorted(self.matches, key=self._bits, reverse=True):
            kind = self.kind_of(match)
            share = _REPEATED if kind in counted else 1.0
            counted |= {kind} - {"own"}
            yield EvidencePart(f"name {match.kind}", share * self._bits(match), *map(" ".join, self.words(match)))

    def _bits(self, match: WordMatch) -> float:
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

    def disagreement(self) -> Iterator[EvidencePart]:
        left = [self.left[at] for at in unmatched(self.left, [match.left for match in self.matches])]
        right = [self.right[at] for at in unmatched(self.right, [match.right for match in self.matches])]
        for kind in _LACKING:
            mine, theirs = ([word for word in side if self.kind(word) == kind] for side in (left, right))
            if mine or theirs:
                name = f"other {kind}" if mine and theirs else f"lacks {kind}"
                yield EvidencePart(name, self._against(kind, mine, theirs), " ".join(mine), " ".join(theirs))

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

    def turned(self) -> Iterator[EvidencePart]:
        own = (match for match in self.matches if self.kind_of(match) == "own")
        for first, second in pairwise(sorted(own, key=lambda match: match.left)):
            if first.right > second.right:
                words = self.left[first.left[0]], self.left[second.left[0]]
                yield EvidencePart("words turned", _TURNED, " ".join(words), " ".join(reversed(words)))

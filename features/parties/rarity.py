"""How much a word tells: the fewer parties of a country use it, the more. Counted as parties become known."""

from collections.abc import Iterable
from math import log2
from typing import Final, Protocol

import numpy as np

from originrisk.features.keys import Keys
from originrisk.features.lines import Ints
from originrisk.features.parties.hashes import word_hash
from originrisk.features.vocabulary import GENERIC, PLACES, STREET

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

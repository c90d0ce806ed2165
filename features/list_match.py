"""Which listings a name may mean: a calibrated probability, and the evidence it rests on.

The odds come from the bits of the names (`features.parties.compare_names`) by a line fitted on the dev half of
`benchmarks/names/pairs.csv`: near pairs, of which half are one firm. `benchmarks/names.py` fits it anew and tells the
calibration on the test half. Bits have no ceiling and the line keeps their order: there are no ties at the top.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, log
from typing import Any, Final

import numpy as np
import pyarrow as pa

from originrisk.features.lines import Codes, Floats, Text
from originrisk.features.names import company_tokens, tokens
from originrisk.features.parties.compare import CountryRarity, EvidencePart, MatchEvidence, WordCounts, weigh_texts
from originrisk.features.vocabulary import GENERIC, PLACES

INTERCEPT: Final = -4.45
SLOPE: Final = 0.472
"""Log-odds at 0 bits, and for each bit."""
LEAST: Final = 0.05
"""Probability below which a listing is not worth showing."""
_OTHER_CITY: Final = -8.0
_NOTHING_COUNTED: Final = CountryRarity(WordCounts(), "")


@dataclass(frozen=True, slots=True)
class Match:
    """A listing (a row of the contract's `listed`) that a name may mean, by which of its names."""

    listing: dict[str, Any]
    matched: str
    evidence: MatchEvidence

    @property
    def probability(self) -> float:
        """Probability that the two are one party."""
        return probability(self.evidence.bits)


def probability(bits: float) -> float:
    """Probability that two names with this evidence are of one firm, strictly between 0 and 1 for any two names."""
    return 1.0 / (1.0 + exp(-(INTERCEPT + SLOPE * bits)))


def match(name: str, listed: pa.Table, city: str = "") -> list[Match]:
    """Listings that the name of a party, of that city if known, may mean, the likeliest first."""
    found = [_best(name, row, city) for row in listed.to_pylist()]
    likely = [one for one in found if one.probability >= LEAST]
    return sorted(likely, key=lambda one: -one.evidence.bits)


def _best(name: str, row: dict[str, Any], city: str) -> Match:
    names = [row["name"], *filter(None, (row["aliases"] or "").split("|"))]
    weighed = [weigh(name, other, city, row["address"] or "") for other in names]
    best = max(range(len(names)), key=lambda place: weighed[place].bits)
    return Match(row, names[best], weighed[best])


def weigh(name: str, listed: str, city: str, address: str) -> MatchEvidence:
    """Evidence that a name, of that city if known, is a listed one that is published with that address, if any."""
    return MatchEvidence((*weigh_texts(name, listed, _NOTHING_COUNTED).parts, *_city(city, address)))


def _city(city: str, address: str) -> list[EvidencePart]:
    """What the city says where the listing has an address: homonyms elsewhere are kept apart."""
    mine, theirs = "".join(tokens(city)), "".join(tokens(address))
    if not mine or not theirs:
        return []
    if mine in theirs:
        return [EvidencePart("city", _NOTHING_COUNTED.bits(f"%{mine}"), city, address)]
    return [EvidencePart("other city", _OTHER_CITY, city, address)]


Interval = tuple[int, int]
"""Lines see a listing on the days between the two (since 1970), on neither of them itself."""
Candidates = list[tuple[float, Interval]]
"""Bits that speak for each name worth a look, and when it is seen."""
_LEAST_LETTERS: Final = 5
"""Letters of a word in which a slip is looked for."""
_KEPT: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name or alias as published, the address that stands beside it, and when it is seen."""

    name: str
    address: str
    seen: Interval


class ListedNames:
    """All names of a version of the lists."""

    def __init__(self, names: Sequence[ListedName]) -> None:
        self._names = names
        self._starts = np.sort(np.array([one.seen[0] for one in names], np.int64))
        self._under: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(names):
            for word in {*_words(one.name)}:
                self._under[word].append(place)
        self._may_mean = lru_cache(_KEPT)(self.may_mean)
        self._worth_a_look = lru_cache(_KEPT)(self._shares_words)

    def probability(self, name: Text, city: Text | None, days: Codes) -> Floats:
        """Probability that the name is one that lines of these days see listed (n,); NaN without a name."""
        found = np.where(name.null, np.nan, 0.0)
        for row in np.flatnonzero(name.says(self._worth_a_look)):
            where = "" if city is None else _cell(city, row)
            found[row] = self._on(int(days[row]), self._may_mean(_cell(name, row), where))
        return found

    def may_mean(self, name: str, city: str) -> Candidates:
        """Listed names of any day that share words with the name and are likely enough to be told of."""
        places = {place for word in _words(name) for place in self._under.get(word, ())}
        near = (self._names[place] for place in sorted(places))
        weighed = [(weigh(name, one.name, city, one.address).bits, one.seen) for one in near]
        return [(bits, seen) for bits, seen in weighed if INTERCEPT + SLOPE * bits > log(LEAST)]

    def _shares_words(self, name: str) -> bool:
        return any(word in self._under for word in _words(name))

    def _on(self, day: int, candidates: Candidates) -> float:
        """The likeliest of the candidates that the day sees.

        The longer the list, the likelier some name on it looks like any other by chance: so much more is asked.
        """
        told = [bits for bits, (start, end) in candidates if start < day < end]
        if not told:
            return 0.0
        listed = int(np.searchsorted(self._starts, day))
        return 1.0 / (1.0 + exp(log(listed) - INTERCEPT - SLOPE * max(told)))


def _cell(text: Text, row: np.intp) -> str:
    code = text.codes[row]
    return "" if code < 0 else str(text.levels[code])


def _words(name: str) -> Iterator[str]:
    """What is looked up: a firm's own words and each two that follow one another, whole and with one letter left out.

    So words that are one slip apart meet (Garbe 2012, symmetric delete).
    """
    words = company_tokens(name)
    own = [word for word in words if word not in GENERIC and word not in PLACES] or words
    for word in (*own, *map("".join, pairwise(own))):
        yield word
        if len(word) >= _LEAST_LETTERS:
            yield from (word[:place] + word[place + 1 :] for place in range(len(word)))

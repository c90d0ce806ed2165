"""Names on lists, findable by their words: how likely a declared name, with its city, is one of them on a day.

What a spelling may mean is weighed once for a version of the lists; each line then asks which of it its day sees.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, log
from typing import Final

import numpy as np

from originrisk.features.lines import Codes, Floats, Text
from originrisk.features.list_match import INTERCEPT, LEAST, SLOPE, weigh
from originrisk.features.names import company_tokens
from originrisk.features.vocabulary import GENERIC, PLACES

Interval = tuple[int, int]
"""Lines see a listing on the days between the two (since 1970), on neither of them itself."""
Candidates = list[tuple[float, Interval]]
"""Bits that speak for each name worth a look, and when it is seen."""
_LEAST: Final = 5
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
        if len(word) >= _LEAST:
            yield from (word[:place] + word[place + 1 :] for place in range(len(word)))

"""Which listings a name may mean: a calibrated probability, and the evidence it rests on.

The odds come from the bits of the names (`features.parties.compare_names`) by a line fitted on the dev half of
`benchmarks/names/pairs.csv`: near pairs, of which half are one firm. `benchmarks/names.py` fits it anew and tells the
calibration on the test half. Bits have no ceiling and the line keeps their order: there are no ties at the top.
"""

from dataclasses import dataclass
from math import exp
from typing import Any, Final

import pyarrow as pa

from originrisk.features.names import tokens
from originrisk.features.parties.compare_names import weigh_texts
from originrisk.features.parties.evidence import Evidence, Part
from originrisk.features.parties.rarity import CountryRarity, WordCounts

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
    evidence: Evidence

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


def weigh(name: str, listed: str, city: str, address: str) -> Evidence:
    """Evidence that a name, of that city if known, is a listed one that is published with that address, if any."""
    return Evidence((*weigh_texts(name, listed, _NOTHING_COUNTED).parts, *_city(city, address)))


def _city(city: str, address: str) -> list[Part]:
    """What the city says where the listing has an address: homonyms elsewhere are kept apart."""
    mine, theirs = "".join(tokens(city)), "".join(tokens(address))
    if not mine or not theirs:
        return []
    if mine in theirs:
        return [Part("city", _NOTHING_COUNTED.bits(f"%{mine}"), city, address)]
    return [Part("other city", _OTHER_CITY, city, address)]

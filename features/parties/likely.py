"""Which known party a record may belong to: odds of all candidates and of a new party, taken together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2
from typing import Final

from originrisk.features.parties.compare import house_number, weigh
from originrisk.features.parties.evidence import Evidence, Part
from originrisk.features.parties.rarity import CountryRarity
from originrisk.features.parties.record import Record

SAME: Final = 0.99
"""Probability from which a record joins a party."""
POSSIBLY: Final = 0.10
"""Probability from which a party is possibly the same."""
NONE: Final = 0
_MOST_BITS: Final = 200.0


@dataclass(frozen=True, slots=True)
class Likely:
    """A known party that a record may belong to: with which probability, by which evidence, of which of its records."""

    party: int
    probability: float
    evidence: Evidence
    record: Record


def weigh_parties(
    record: Record, candidates: Sequence[tuple[int, Record]], rarity: CountryRarity
) -> list[Likely]:
    """Parties of the candidates (party, record of it), the likeliest first.

    A record is of one party or of none known, so the probabilities and that of a new party add up to 1.
    """
    prior = Part("any other party", -log2(rarity.parties), "", "")
    found: dict[int, list[tuple[Record, Evidence]]] = {}
    for party, other in candidates:
        evidence = Evidence((prior, *weigh(record, other, rarity).parts))
        found.setdefault(party, []).append((other, evidence))
    best = {party: _speaker(record, records) for party, records in found.items()}
    odds = {party: 2.0 ** min(evidence.bits, _MOST_BITS) for party, (_, evidence) in best.items()}
    total = 1.0 + sum(odds.values())
    ranked = sorted(best, key=lambda party: (-best[party][1].bits, party))
    return [Likely(party, odds[party] / total, best[party][1], best[party][0]) for party in ranked]


def verdict(likely: Sequence[Likely], first_of: Callable[[int], int]) -> tuple[int, int]:
    """The party that a record is the same as, and the likeliest other that it is possibly the same as; 0 for none.

    Parties that were founded as possibly the same count together, under the first of them (`first_of`): a record that
    is surely of one of them joins the likeliest, or every spelling between two would found a party more.
    """
    party = NONE
    if likely:
        first = first_of(likely[0].party)
        together = sum(
            one.probability for one in likely if one.party == likely[0].party or first_of(one.party) == first
        )
        party = likely[0].party if together >= SAME else NONE
    others = (one.party for one in likely if one.probability >= POSSIBLY and one.party != party)
    return party, next(others, NONE)


def _speaker(record: Record, records: list[tuple[Record, Evidence]]) -> tuple[Record, Evidence]:
    """Who speaks for a party: of its records that declare as much of name and street as this one, the likest.

    A record without a name could not contradict one that has another.
    """

    def comparable(pair: tuple[Record, Evidence]) -> tuple[int, float]:
        other = pair[0]
        return bool(record.name and other.name) + bool(_housed(record) and _housed(other)), pair[1].bits

    return max(records, key=comparable)


def _housed(record: Record) -> bool:
    return bool(record.address or house_number(record))

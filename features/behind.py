"""Who is behind a line: what is known of its party, whatever the spelling, and of the one that it may be too."""

import numpy as np

from originrisk.features.feature import Feature, feature
from originrisk.features.history.view import Known, base_rate, shrunk
from originrisk.features.lines import Floats, Lines


@feature("links", "share", "{value:.1%} of examinations of this party, under all its spellings, found Xinjiang inputs.",
         monotone=1)  # fmt: skip
def party_found_rate(_lines: Lines, known: Known) -> Floats:
    """Share of known examinations of the party behind the spelling that found Xinjiang inputs, shrunk."""
    return _rate(known, "party")


@feature("links", "days", "The party, under all its spellings, was first seen {value:.0f} days ago.",
         missing="never seen before")  # fmt: skip
def party_age(_lines: Lines, known: Known) -> Floats:
    """Days since the first line of the party behind the spelling."""
    first = known.told("parties.party.first")
    return np.where(first > 0, known.today - first, np.nan)


@feature("links", "lines", "The party had {value:.0f} lines so far, under all its spellings.")
def party_lines(_lines: Lines, known: Known) -> Floats:
    """Lines of the party behind the spelling before this day."""
    return known.told("parties.party.lines")


@feature("links", "share", "{value:.1%} of examinations of a party that this may be too found Xinjiang inputs.",
         missing="may be no other", monotone=1)  # fmt: skip
def possible_party_rate(_lines: Lines, known: Known) -> Floats:
    """Share of examinations that found Xinjiang inputs, shrunk, of a party that the maker is possibly the same as."""
    return np.where(known.told("parties.possibly.lines") > 0, _rate(known, "possibly"), np.nan)


def _rate(known: Known, who: str) -> Floats:
    found, examined = (known.told(f"parties.{who}.{fact}") for fact in ("found", "examined"))
    return shrunk(found, examined, base_rate(known))


FEATURES: tuple[Feature, ...] = (party_found_rate, party_age, party_lines, possible_party_rate)

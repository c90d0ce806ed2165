"""Parties under an order that concerns Xinjiang, as a line of a day sees them (see `data/reference/listed.csv`)."""

from functools import cache

import numpy as np

from data import reference
from features.lines import Bools, Lines, Text, shared
from features.names import company_key

NEVER = float(np.iinfo(np.int32).max)


@cache
def _listed_from() -> dict[str, float]:
    """Day (since 1970) from which each name or alias, in its one form, stands on a list."""
    found: dict[str, float] = {}
    for listing in reference.listings():
        day = float((np.datetime64(listing.effective_date, "D") - np.datetime64(0, "D")).astype(int))
        for name in (listing.name, *listing.aliases):
            key = company_key(name)
            found[key] = min(day, found.get(key, NEVER))
    return found


def listed_from(name: str) -> float:
    """Day (since 1970) from which a party of this name is listed; NEVER if it is not."""
    return _listed_from().get(company_key(name), NEVER)


def listed(text: Text, lines: Lines) -> Bools:
    """Where the name in the column was listed before the day of the line (n,)."""
    before: Bools = text.read(listed_from, NEVER) < lines.days["entry_date"]
    return before


@shared
def listed_maker(lines: Lines) -> Bools:
    """Where the maker's name was listed before the day of the line (n,)."""
    return listed(lines.texts["manufacturer_name"], lines)

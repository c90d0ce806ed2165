"""Parties under an order that concerns Xinjiang, as a line of a day sees them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa

from originrisk.data import law
from originrisk.data.contract import EPOCH
from originrisk.data.law import Named, Role
from originrisk.data.lists.membership import Row, party, programme, seen_after, seen_until, shipped, with_shipped
from originrisk.data.reference import orders
from originrisk.data.store.journal import Decided
from originrisk.features.descriptions import composition
from originrisk.features.lines import Bools, Codes, Lines, Text
from originrisk.features.list_match import Interval, ListedName, ListedNames
from originrisk.features.names import company_key
from originrisk.features.places import maker_in_xinjiang, names_xinjiang

NEVER: Final = int(np.iinfo(np.int32).max)


@dataclass(frozen=True, slots=True, eq=False)
class Listings:
    """When each name or alias, in its one form, is seen on a list; and all of them as they are spelled.

    `decided` is what people said beside the lists: who is one party, and who is not.
    """

    seen: dict[str, tuple[Interval, ...]]
    spelled: ListedNames
    rows: dict[str, tuple[Row, ...]]
    decided: tuple[Decided, ...] = ()

    @classmethod
    def of(cls, table: pa.Table) -> "Listings":
        """Those of a table in the contract's `listed` shape that concern Xinjiang."""
        named = [(name, row) for row in table.to_pylist() if concerns_xinjiang(row) for name in _names(row)]
        found: dict[str, set[Interval]] = defaultdict(set)
        rows: dict[str, list[Row]] = defaultdict(list)
        for one, row in named:
            if key := company_key(one.name):
                found[key].add(one.seen)
                if row not in rows[key]:
                    rows[key].append(row)
        seen = {key: tuple(sorted(intervals)) for key, intervals in found.items()}
        spelled = ListedNames([one for one, _ in named])
        return cls(seen, spelled, {key: tuple(of) for key, of in rows.items()})

    @classmethod
    def known(cls, stored: pa.Table, taken: Sequence[Decided] = ()) -> "Listings":
        """Those of a store's `listed` table, the shipped ones on which it is silent, and decisions taken."""
        return replace(cls.of(with_shipped(stored)), decided=tuple(taken))

    def decided_on(self, day: int) -> list[Decided]:
        """Decisions that take effect at the close of a day, in the order in which they were taken."""
        return [one for one in self.decided if (one.on - EPOCH).days == day]

    def names(self, name: str) -> bool:
        """Whether a party of this name is on a list at any time."""
        return company_key(name) in self.seen

    def hold(self, text: Text, days: Codes) -> Bools:
        """Where lines of these days see the name in the column on a list (n,)."""
        held = text.says(self.names)
        for row in np.flatnonzero(held):
            intervals = self.seen[company_key(text.levels[text.codes[row]])]
            held[row] = any(after < days[row] < end for after, end in intervals)
        return held

    def in_force(self, name: str, day: date) -> tuple[Row, ...]:
        """The listings of a party of this name that are in force on a day, by the law: from their first day on."""
        return tuple(
            row
            for row in self.rows.get(company_key(name), ())
            if row["effective_date"] <= day < (row["removed_date"] or date.max)
        )

    def as_of(self, day: int) -> dict[str, set[Interval]]:
        """What lines up to `day` can tell of the listings: later beginnings left out, later ends open."""
        known = {
            key: {(after, end if end <= day else NEVER) for after, end in intervals if after < day}
            for key, intervals in self.seen.items()
        }
        return {key: intervals for key, intervals in known.items() if intervals}


def concerns_xinjiang(row: Row) -> bool:
    """Whether a listing is about Xinjiang: the UFLPA's are, others if they say so or the shipped table has them.

    Orders on palm oil, a fishing fleet or a prison elsewhere do not count.
    """
    said = (row["name"], row["aliases"], row["address"], row["scope"])
    told = any(names_xinjiang(text) == 1 for text in said if text)
    return programme(row) == "uflpa" or told or (party(row["name"]), programme(row)) in _shipped()


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    return frozenset((party(row["name"]), programme(row)) for row in shipped().to_pylist())


ROLES: Final[Mapping[Role, str]] = {
    "maker": "manufacturer_name",
    "seller": "seller_name",
    "consolidator": "consolidator_name",
}


def legal_basis(lines: Lines, listings: Listings) -> pa.Array:
    """Which orders and acts cover each line (n,) on its day of entry, as `originrisk.data.law.LEGAL_BASIS`.

    A list of structs (instrument, ground, sublist, since, procedure, barred, text), empty where nothing covers a line.
    Parties count by their name in its one form, not by likeness.
    """
    days = lines.days["entry_date"].astype("datetime64[D]")
    listed: dict[int, list[Named]] = defaultdict(list)
    for role, column in ROLES.items():
        text = lines.texts[column]
        for row in np.flatnonzero(text.says(listings.names)).tolist():
            held = listings.in_force(text.levels[text.codes[row]], days[row].item())
            listed[row].extend((role, listing) for listing in held)
    described = lines.texts["description"].read(_family_named, orders.NO_FAMILY).astype(np.int64)
    return law.legal_basis(lines.texts["htsus"].cells(), described, days, maker_in_xinjiang(lines) == 1, listed)


def _family_named(description: str) -> float:
    """Code of the family of goods that hold some cotton where a description gives its share; a word without a share
    may name a machine or a colour."""
    named = composition(description).gives("cotton")
    return orders.FAMILIES.index("cotton_possible") if named else orders.NO_FAMILY


def _names(row: Row) -> Iterator[ListedName]:
    end = seen_until(row)
    interval = (_number(seen_after(row)), _number(end) if end else NEVER)
    for name in (row["name"], *(row["aliases"] or "").split("|")):
        yield ListedName(name, row["address"] or "", interval)


def _number(day: date) -> int:
    return (day - EPOCH).days

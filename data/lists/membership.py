"""Who stands on a list on a day: what the store holds, beside the shipped table where the store is silent.

Every table here is in the contract's `listed` shape. A listing has two clocks: when it was in force, and when that
became known. A line sees it from the day after both began, until its end was in force and known.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from originrisk.data import reference
from originrisk.data.contract import LISTED, ONE_DAY

Row = Mapping[str, Any]


def party(name: str) -> str:
    """A name without case, blanks and punctuation: what tells that two rows name one party."""
    return re.sub(r"[\W_]+", "", name).casefold()


def programme(row: Row) -> str:
    """The programme of a row without its sublist: `UFLPA (ii)` is `UFLPA`."""
    return str(row["programme"]).split("(")[0].strip().casefold()


def shipped() -> pa.Table:
    """The table that comes with the package (`reference/listed.csv`)."""
    rows = [
        {name: getattr(listing, name, None) for name in LISTED.names} | {"aliases": "|".join(listing.aliases)}
        for listing in reference.listings()
    ]
    return pa.Table.from_pylist(rows, LISTED.schema)


def with_shipped(stored: pa.Table) -> pa.Table:
    """The listings of a store and the shipped ones; the store's alone where it has the party in the programme."""
    held = {(party(row["name"]), programme(row)) for row in stored.to_pylist()}
    kept = [row for row in shipped().to_pylist() if (party(row["name"]), programme(row)) not in held]
    return pa.concat_tables([stored, pa.Table.from_pylist(kept, LISTED.schema)])


def seen_after(row: Row) -> date:
    """The day after which lines see the listing: it is in force and known."""
    day: date = max(row["effective_date"], row["known_from"] or row["effective_date"])
    return day


def seen_until(row: Row) -> date | None:
    """The first day whose lines no longer see the listing; a removal told late is seen from the day after."""
    if row["removed_date"] is None:
        return None
    told: date | None = row["removal_known_from"]
    day: date = row["removed_date"]
    return max(day, told + ONE_DAY) if told else day


def in_force(table: pa.Table, day: date) -> pa.Table:
    """The listings that a line of the day sees."""
    seen = [seen_after(row) < day < (seen_until(row) or date.max) for row in table.to_pylist()]
    return table.filter(pa.array(seen, pa.bool_()))

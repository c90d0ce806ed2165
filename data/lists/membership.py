"""Who stands on a list on a day: what the store holds, beside the shipped table where the store is silent.

Every table here is in the contract's `listed` shape. A listing has two clocks: when it was in force, and when that
became known. A line sees it from the day after both began, until its end was in force and known.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow as pa

from originrisk.data import reference
from originrisk.data.contract import LISTED, ONE_DAY

Row = Mapping[str, Any]

CORRECTIONS: Final = "uflpa-corrections"
"""Source of shipped rows that give a name or alias of a listed entity its own days."""


def party(name: str) -> str:
    """A name without case, blanks and punctuation: what tells that two rows name one party."""
    return re.sub(r"[\W_]+", "", name).casefold()


def programme(row: Row) -> str:
    """The programme of a row without its sublist: `UFLPA (ii)` and `UFLPA 2(d)(2)(B)(ii)` are `uflpa`."""
    name = str(row["programme"]).split("(")[0].strip().casefold()
    return "uflpa" if name.startswith("uflpa") else name


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


@dataclass(frozen=True, slots=True)
class WaveCount:
    """Entities that a notice added to the UFLPA Entity List, and how many of them a table holds."""

    effective_date: date
    added: int
    held: int

    @property
    def missing(self) -> int:
        """Entities of the notice that the table lacks."""
        return max(0, self.added - self.held)


def uflpa_waves(listed: pa.Table, day: date) -> list[WaveCount]:
    """Each notice up to a day, counted against a table. A later name of an entity is no entity of its own.

    A listing counts for the first notice that is not before it: of the latest one the day of effect was not seen.
    """
    waves = [wave for wave in reference.uflpa_waves() if wave.effective_date <= day]
    days = [wave.effective_date for wave in waves]
    renamed = {(row.name, row.effective_date) for row in reference.listings() if row.source == CORRECTIONS}
    held = Counter(
        min(bisect_left(days, row["effective_date"]), len(days) - 1)
        for row in listed.to_pylist()
        if programme(row) == "uflpa" and row["effective_date"] <= day
        if (row["name"], row["effective_date"]) not in renamed
    )
    return [WaveCount(wave.effective_date, wave.added, held[place]) for place, wave in enumerate(waves)]


def completeness(listed: pa.Table, day: date) -> str:
    """In a sentence, how much of the UFLPA Entity List a table lacks on a day, and what to do."""
    waves = uflpa_waves(listed, day)
    added, missing = sum(wave.added for wave in waves), sum(wave.missing for wave in waves)
    if not missing:
        return f"No entity is missing of the {added} that notices had added to the UFLPA list by {day}."
    return (
        f"{missing} of {added} entities that notices had added to the UFLPA list by {day} are missing: "
        "import the official list (originrisk lists import)."
    )

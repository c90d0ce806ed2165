"""A published list against the stored one: what is added, changed, removed. Nothing is ever deleted."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from originrisk.data.contract import LISTED
from originrisk.data.lists.membership import party, programme, shipped
from originrisk.data.lists.published import Fault, Listing, read
from originrisk.data.store.tables import Store

PartyKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: names by fate, and the faults of the file."""

    layout: str
    added: list[str]
    changed: list[str]
    removed: list[str]
    unchanged: int
    faults: list[Fault]

    def summary(self) -> dict[str, Any]:
        """Plain values for `--json`."""
        return asdict(self)


def import_list(
    store: Store, path: Path, day: date, *, programme: str | None, known_from: date | None, partial: bool
) -> Imported:
    """Bring the stored listings to what the file says, in one commit; none where nothing changed.

    `day` is that of the import: a stored listing of the file's programmes that it no longer has ends on it, unless
    the file is `partial` or a notice. `known_from` is told of listings that are new. Raises BadInputError for an
    unknown layout.
    """
    published = read(path, programme)
    # The listings of a list; what it says twice of a party, programme and day becomes a fault.
    first: dict[tuple[PartyKey, date], tuple[int, Listing]] = {}
    for number, listing in published.listings:
        kept = first.setdefault((_key(listing), listing["effective_date"]), (number, listing))
        if kept[1] is not listing:
            step = f"Nothing: row {kept[0]} counts."
            published.faults.append(Fault(number, "each listing once", "a repeated one", step, taken=False))
    listings = list(first.values())
    published.faults.extend(_other_dates(listings))
    if published.layout == "CBP":
        published.faults.extend(_out_of_order(listings))
    with store.writing():
        merge = _Merge(store.listed().to_pylist(), day, known_from)
        merge.take([listing for _, listing in listings])
        merge.finish(published.ended)
        if not (partial or published.notice):
            merge.end({_key(listing)[1] for _, listing in listings}, {party(name) for name in published.left_out})
        store.replace_listed(pa.Table.from_pylist(merge.rows(), LISTED.schema))
    faults = sorted(published.faults, key=lambda fault: fault.row)
    return Imported(published.layout, merge.added, merge.changed, merge.removed, merge.unchanged, faults)


class _Merge:
    """Stored listings by party and programme, each met by the listing of the file that says the same or corrects it."""

    def __init__(self, stored: list[Listing], day: date, known_from: date | None) -> None:
        self.left: defaultdict[PartyKey, list[Listing]] = defaultdict(list)
        for row in stored:
            self.left[_key(row)].append(row)
        self.day, self.known_from = day, known_from
        self.met: list[Listing] = []
        self.added: list[str] = []
        self.changed: list[str] = []
        self.removed: list[str] = []
        self.unchanged = 0

    def take(self, listings: list[Listing]) -> None:
        """Listings of the file: first those of a known date, then corrections of a date, then new ones."""
        others = [listing for listing in listings if not self._meet(listing, same_date=True)]
        for listing in (listing for listing in others if not self._meet(listing, same_date=False)):
            told = listing["known_from"] or self.known_from
            self.met.append(listing | {"known_from": told})
            self.added.append(listing["name"])

    def _meet(self, listing: Listing, *, same_date: bool) -> bool:
        rows = self.left[_key(listing)]
        fits = (row for row in rows if not same_date or row["effective_date"] == listing["effective_date"])
        if (row := next(fits, None)) is None:
            return False
        rows.remove(row)
        kept = {"known_from": listing["known_from"] or row["known_from"]}
        self.met.append(listing | kept)
        if listing | kept == row:
            self.unchanged += 1
        else:
            self.changed.append(listing["name"])
        return True

    def finish(self, ended: list[Listing]) -> None:
        """End what the file says is over, on a day that it does not say: on the day of the import."""
        over = {"removed_date": self.day, "removal_known_from": self.day}
        for key in {_key(listing) for listing in ended}:
            if not self.left[key]:
                self.left[key] = [row for row in shipped().to_pylist() if _key(row) == key]
            for row in self.left[key]:
                if row["removed_date"] is None:
                    row.update(over)
                    self.removed.append(row["name"])

    def end(self, programmes: set[str], spared: set[str]) -> None:
        """End what is in force in these programmes and was not met: out of force, and known to be, on the day.

        `spared` are parties whose rows could not be read: they may well stand there.
        """
        for (of_party, of), rows in self.left.items():
            for row in rows if of in programmes and of_party not in spared else ():
                if row["removed_date"] is None:
                    row |= {"removed_date": self.day, "removal_known_from": self.day}
                    self.removed.append(row["name"])

    def rows(self) -> list[Listing]:
        """All listings, those of the past among them."""
        return [*self.met, *(row for rows in self.left.values() for row in rows)]


def _key(row: Listing) -> PartyKey:
    return party(row["name"]), programme(row)


def _other_dates(listings: list[tuple[int, Listing]]) -> Iterator[Fault]:
    """Listings whose day differs from every day on which the shipped table has the party in the programme."""
    days: defaultdict[PartyKey, set[date]] = defaultdict(set)
    for row in shipped().to_pylist():
        days[_key(row)].add(row["effective_date"])
    for number, listing in listings:
        known, day = days[_key(listing)], listing["effective_date"]
        if known and day not in known:
            expected = f"the shipped table's day, {' or '.join(map(str, sorted(known)))}"
            step = "Compare with the notice; the file's day is taken."
            yield Fault(number, expected, str(day), step, taken=True)


def _out_of_order(listings: list[tuple[int, Listing]]) -> Iterator[Fault]:
    """Days later than that of the next row, in a list that is kept in order of days."""
    for (number, listing), (_, after) in pairwise(listings):
        day, next_day = listing["effective_date"], after["effective_date"]
        if day > next_day:
            expected = f"a day up to {next_day}, the next row's"
            step = "Compare with the notice; the file's day is taken."
            yield Fault(number, expected, str(day), step, taken=True)

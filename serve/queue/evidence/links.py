"""Who a line is tied to: suppliers that share its parties, and listed parties that its names may mean."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa

from originrisk.data.contract import EPOCH
from originrisk.data.errors import ModelRefusedError
from originrisk.data.lists.membership import in_force
from originrisk.features.graph.graph import Graph, paths
from originrisk.features.lines import Lines
from originrisk.features.list_match import Match, match
from originrisk.models import snapshot
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.party.learner import Parties
from originrisk.serve.party.record import Records
from originrisk.serve.queue.evidence.store_reader import StoreReader

SHOWN: Final = 50
"""Suppliers that a page shows; the strongest paths come first."""
RESOLVED: Final = 100
"""Names of suppliers that are compared with each other."""
VIA: Final = {
    "importer": "importer_number",
    "seller": "seller_name",
    "consolidator": "consolidator_name",
    "address": "manufacturer_address",
}


@dataclass(frozen=True, slots=True)
class PartyTie:
    """Dealings of a supplier with one of the line's parties: first and last day known, and how many lines."""

    via: str
    first: date
    last: date
    lines: int


@dataclass(slots=True)
class Linked:
    """A supplier that is listed or was found out; its ties to the line's parties; other spellings of its name."""

    name: str
    listed: bool
    examined: int
    found: int
    ties: list[PartyTie]
    names: list[str] = field(default_factory=list)

    @property
    def why(self) -> str:
        """What is known of it."""
        said = ["listed"] if self.listed else []
        if self.found:
            said.append(f"{self.found} of {self.examined} examinations found Xinjiang inputs")
        return "; ".join(said)

    @property
    def sources(self) -> str:
        """Where what is known of it comes from."""
        return " and ".join(["lists"] * self.listed + ["outcomes"] * bool(self.found))


@dataclass(frozen=True, slots=True)
class Links:
    """Links as of the close of the day `closed` (None: no history of an earlier day is kept); `via` names the parties
    of the line that tie it; `more` counts suppliers that are not shown."""

    closed: date | None
    via: dict[str, str]
    suppliers: list[Linked]
    more: int


def links(reader: StoreReader, graph: tuple[Graph, date] | None, line: pa.Table) -> Links:
    """The links of a line (one row of `entries`)."""
    if graph is None or graph[0].closed < 0:
        return Links(None, {}, [], 0)
    row: dict[str, Any] = line.to_pylist()[0]
    found = paths(graph[0], Lines.of(line).under(reader.store.pseudonym_key))
    more, found = len(found[RESOLVED:]), found[:RESOLVED]
    declared = reader.suppliers.of_keys([path.supplier for path in found])
    own, *makers = makers_of(pa.concat_tables([line.select(declared.column_names), declared]))
    parties: dict[int, Linked] = {}
    for path, maker, names in zip(found, makers, declared.to_pylist(), strict=True):
        if maker == own:
            continue
        ties = [PartyTie(tie.kind, _day(tie.first), _day(tie.last), tie.count) for tie in path.ties]
        name = names["manufacturer_name"] or names["manufacturer_id"]
        one = parties.setdefault(maker, Linked(name, False, 0, 0, []))
        one.names += [name] * (name not in (one.name, *one.names))
        one.listed, one.ties = one.listed or path.listed, [*one.ties, *ties]
        one.examined, one.found = one.examined + path.examined, one.found + path.found
    shown = list(parties.values())[:SHOWN]
    row["importer_number"] = f"Importer {reader.alias(row['importer_number'])}"
    tied = {tie.via for one in shown for tie in one.ties}
    via = {kind: row[column] or "" for kind, column in VIA.items() if kind in tied}
    return Links(EPOCH + timedelta(graph[0].closed), via, shown, more + len(parties) - len(shown))


def makers_of(declared: pa.Table) -> list[int]:
    """Number of the party of each maker, as declared in rows: the party resolver takes spellings of one for one."""
    resolver, lines = Parties(), Lines.of(declared)
    resolver.learn(0, lines)
    found: list[int] = resolver.party_of(Records.of(lines).keys).tolist()
    return found


def latest_graph(kept: Checkpoints, day: date) -> tuple[Graph, date] | None:
    """The graph of the newest history that was closed before a day, and the day of that history.

    None where none is kept, or only such as another version of the program made.
    """
    for closed in sorted((one for one in kept.days() if one < day), reverse=True):
        try:
            learner = snapshot.load(kept.folder(closed), kept.store.pseudonym_key).learners["graph"]
        except ModelRefusedError:
            continue
        assert isinstance(learner, Graph)
        return learner, closed
    return None


def _day(number: int) -> date:
    return EPOCH + timedelta(number)


NAMED: Final = {"manufacturer": "manufacturer_name", "seller": "seller_name", "consolidator": "consolidator_name"}
NAME_READ: Final = 200
"""Characters of a name that are compared; no firm's name is longer."""
MATCHES_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class NameMatches:
    """What the lists may mean by one name of the line, the likeliest first; `roles` are those that bear the name."""

    roles: list[str]
    name: str
    matches: list[Match]


def matches(reader: StoreReader, line: dict[str, Any]) -> tuple[int, list[NameMatches]]:
    """How many listings the line's day sees, and what each name on it may mean among them."""
    listed = _in_force(reader, line["entry_date"])
    roles: dict[str, list[str]] = {}
    for role, column in NAMED.items():
        if line[column]:
            roles.setdefault(line[column][:NAME_READ], []).append(role)
    city = (line["manufacturer_city"] or "")[:NAME_READ]
    found = [
        NameMatches(own, name, _matches(name, city if "manufacturer" in own else "", _Listed(listed)))
        for name, own in roles.items()
    ]
    return len(listed), found


def matches_of(reader: StoreReader, name: str, day: date) -> list[Match]:
    """What the lists that a day sees may mean by a name."""
    return _matches(name[:NAME_READ], "", _Listed(_in_force(reader, day)))


@dataclass(frozen=True, slots=True)
class _Listed:
    """A table that is equal only to itself, so that what was matched against it can be kept."""

    table: pa.Table

    def __hash__(self) -> int:
        return id(self.table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Listed) and other.table is self.table


@lru_cache(maxsize=8)
def _in_force(reader: StoreReader, day: date) -> pa.Table:
    return in_force(reader.listed, day)


@lru_cache(maxsize=4096)
def _matches(name: str, city: str, listed: _Listed) -> list[Match]:
    return match(name, listed.table, city)[:MATCHES_SHOWN]

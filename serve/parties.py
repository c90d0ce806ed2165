"""Parties and links as people see them: whom the maker of a line was taken for on its day, and whom it is tied to."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.contract import EPOCH, ONE_DAY
from originrisk.data.errors import AlreadyRunningError, Problem, UsageError
from originrisk.data.settings import Settings
from originrisk.data.store import journal
from originrisk.data.store.tables import Store
from originrisk.features.graph.graph import FLOWS, DatedTie, Graph, Path, paths
from originrisk.features.history.keys import key_of
from originrisk.features.lines import Lines
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.party.learner import NONE, Likely, Parties
from originrisk.serve.party.record import Record, Records


@dataclass(frozen=True, slots=True)
class PartyVerdict:
    """How the maker of a line was seen on its day: its record, the parties it may be, the likeliest first."""

    key: int
    record: Record
    party: int
    possibly: int
    likely: list[Likely]

    def summary(self) -> dict[str, Any]:
        """The same as plain values; `party` is null where the maker was new."""
        return {
            "record": key_text(self.key),
            "party": key_text(self.party),
            "possibly": key_text(self.possibly),
            "likely": [
                {
                    "party": key_text(one.party),
                    "probability": one.probability,
                    "bits": one.evidence.bits,
                    "evidence": [[part.kind, part.bits, part.left, part.right] for part in one.evidence.parts],
                }
                for one in self.likely
            ],
        }


def key_text(key: int) -> str | None:
    """A key as people see it: 16 hexadecimal digits; None for no party."""
    return None if key == NONE else f"{key:016x}"


def explain(settings: Settings, entry_number: str, line_number: int) -> PartyVerdict:
    """Who the maker of a line was taken for, and why. Raises UsageError where there is no such line."""
    line = find_line(settings, entry_number, line_number)
    parties = parties_as_of(settings, line["entry_date"][0].as_py() - ONE_DAY)
    records = Records.of(Lines.of(line))
    record = records.at(0)
    return PartyVerdict(int(records.keys[0]), record, *parties.verdict(record), parties.likely(record))


def join(settings: Settings, party: str, other: str, reason: str, on: date) -> None:
    """Record that two parties are one. Raises UsageError unless both are known by then."""
    parties = parties_as_of(settings, on)
    unknown = [key for key in (party, other) if not _known(parties, key)]
    if unknown or party == other:
        raise UsageError(Problem("parties join", "keys of two known parties", "something else"))
    journal.append_decision(settings.home, journal.Decided(on=on, verb="join", party=party, other=other, reason=reason))


def split(settings: Settings, entry_number: str, line_number: int, reason: str, on: date) -> None:
    """Record that the maker, as a line declares it, is a party of its own. UsageError where it is one already."""
    records = Records.of(Lines.of(find_line(settings, entry_number, line_number)))
    key = int(records.keys[0])
    party = _party_of(parties_as_of(settings, on), key)
    if party in (NONE, key):
        raise UsageError(Problem("parties split", "a record that joined a party by then", "one that did not"))
    one = {"party": f"{party:016x}", "other": f"{key:016x}", "record": tuple(records.at(0))}
    journal.append_decision(settings.home, journal.Decided(on=on, verb="split", reason=reason, **one))


def _known(parties: Parties, key: str) -> bool:
    founder = int(key, 16) if re.fullmatch(journal.KEY, key) else NONE
    return founder != NONE and _party_of(parties, founder) == founder


def _party_of(parties: Parties, record: int) -> int:
    return int(parties.party_of(np.array([record], np.uint64))[0])


def find_line(settings: Settings, entry_number: str, line_number: int) -> pa.Table:
    """The one line of this number."""
    line = Store(settings.home, settings.memory_limit_gb).line("entries", entry_number, line_number)
    if not len(line):
        raise UsageError(Problem("parties", "the number of an entry line in the store", "no such line"))
    return line


def parties_as_of(settings: Settings, last: date) -> Parties:
    """Parties at the close of a day: what is lacking is learned now, and kept unless another run is writing."""
    store = Store(settings.home, settings.memory_limit_gb)
    checkpoints = Checkpoints(store, settings.history_start, "parties", (), {"parties": Parties})
    with suppress(AlreadyRunningError), store.writing():
        checkpoints.bring_to(last)
    learned = checkpoints.learner("parties", last)
    assert isinstance(learned, Parties)
    return learned


SHOWN: Final = 10
"""Paths that are shown: more would not be read."""
NAMED: Final = {"seller": "seller_name", "consolidator": "consolidator_name", "address": "manufacturer_address"}
"""Column that names a party of the line; an importer is not named."""
LINKED: Final = (
    "entry_number", "line_number", "entry_date", "received_on", "importer_number", "manufacturer_id",
    "manufacturer_name", "manufacturer_address", "seller_name", "consolidator_name", "country_of_origin",
    "country_of_export", "port_of_lading", "htsus",
)  # fmt: skip


def links_of(settings: Settings, entry_number: str, line_number: int) -> dict[str, Any]:
    """Nodes and edges from a line to suppliers that are listed or were found out, as its day saw them.

    `closed` is the last day whose ties they tell, null before the first close. Raises UsageError without such a line.
    """
    store = Store(settings.home, settings.memory_limit_gb)
    line = store.line("entries", entry_number, line_number)
    if not len(line):
        raise UsageError(Problem("links", "the number of an entry line in the store", "no such line"))
    last = line["entry_date"][0].as_py() - timedelta(1)
    before = store.entries(settings.history_start, last, columns=list(LINKED))
    graph = Checkpoints.of(store, settings).learner("graph", last)
    assert isinstance(graph, Graph)
    found = paths(graph, Lines.of(line).under(store.pseudonym_key))[:SHOWN]
    return {
        "entry_number": entry_number,
        "line_number": line_number,
        "closed": str(_day(graph.closed)) if graph.closed >= 0 else None,
        **_graph(line, found, _first_names(before, found)),
    }


def _first_names(entries: pa.Table, found: list[Path]) -> dict[int, str | None]:
    """How the suppliers of the paths were declared first; by MID where no line names them."""
    keys = key_of(Lines.of(entries), "supplier")
    first: dict[int, str | None] = {}
    wanted = {path.supplier for path in found}
    names = pc.coalesce(entries["manufacturer_name"], entries["manufacturer_id"]).to_pylist()
    for key, name in zip(keys.tolist(), names, strict=True):
        if key in wanted:
            first.setdefault(key, name)
    return first


def _graph(line: pa.Table, found: list[Path], names: dict[int, str | None]) -> dict[str, Any]:
    kinds = [kind for kind in FLOWS if any(tie.kind == kind for path in found for tie in path.ties)]
    own = {"id": "line", "kind": "line", "name": line["manufacturer_name"][0].as_py()}
    around = [{"id": kind, "kind": kind, "name": _named(line, kind)} for kind in kinds]
    ends = [_supplier(path, names.get(path.supplier)) for path in found]
    edges = [{"from": "line", "to": kind, "kind": "declared"} for kind in kinds]
    return {
        "nodes": [own, *around, *ends],
        "edges": [*edges, *(_edge(path, tie) for path in found for tie in path.ties)],
    }


def _named(line: pa.Table, kind: str) -> str | None:
    name: str | None = line[NAMED[kind]][0].as_py() if kind in NAMED else None
    return name


def _supplier(path: Path, name: str | None) -> dict[str, Any]:
    told = {"listed": path.listed, "examined": path.examined, "found": path.found, "ties": len(path.ties)}
    sources = ["lists"] * path.listed + ["outcomes"] * bool(path.found)
    return {"id": _id(path), "kind": "supplier", "name": name, **told, "sources": sources}


def _edge(path: Path, tie: DatedTie) -> dict[str, Any]:
    dated = {"first": str(_day(tie.first)), "last": str(_day(tie.last)), "lines": tie.count}
    return {"from": tie.kind, "to": _id(path), "kind": "dealt", **dated, "source": "entries"}


def _id(path: Path) -> str:
    return f"{path.supplier:016x}"


def _day(day: int) -> date:
    return EPOCH + timedelta(day)

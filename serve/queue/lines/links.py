"""The links of a line: who shares its parties and is listed or was found out, by the latest history before its day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa

from originrisk.data.contract import EPOCH
from originrisk.data.errors import ModelRefusedError
from originrisk.data.identifiers.importer_number import mask
from originrisk.features.graph.graph import Graph, paths
from originrisk.features.graph.graph import Path as LinkPath
from originrisk.features.lines import Lines
from originrisk.models import snapshot
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.queue.lines.ground import Ground

SHOWN: Final = 50
"""Suppliers that a chart shows; the strongest paths come first."""
VIA: Final = {
    "importer": "importer_number",
    "seller": "seller_name",
    "consolidator": "consolidator_name",
    "address": "manufacturer_address",
}


@dataclass(frozen=True, slots=True)
class Tie:
    """Dealings of a supplier with one of the line's parties: first and last day known, and how many lines."""

    via: str
    first: date
    last: date
    lines: int


@dataclass(frozen=True, slots=True)
class Linked:
    """A supplier that is listed or was found out, and its ties to the line's parties."""

    name: str
    listed: bool
    examined: int
    found: int
    ties: list[Tie]

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


def links(ground: Ground, graph: tuple[Graph, date] | None, line: pa.Table) -> Links:
    """The links of a line (one row of `entries`)."""
    if graph is None or graph[0].closed < 0:
        return Links(None, {}, [], 0)
    found = paths(graph[0], Lines.of(line))
    shown = [_linked(ground, path) for path in found[:SHOWN]]
    row: dict[str, Any] = line.to_pylist()[0]
    tied = {tie.via for one in shown for tie in one.ties}
    via = {kind: _named(row, kind) for kind in VIA if kind in tied}
    return Links(EPOCH + timedelta(graph[0].closed), via, shown, len(found) - len(shown))


def latest_graph(kept: Checkpoints, day: date) -> tuple[Graph, date] | None:
    """The graph of the newest history that was closed before a day, and the day of that history.

    None where none is kept, or only such as another version of the program made.
    """
    for closed in sorted((one for one in kept.days() if one < day), reverse=True):
        try:
            learner = snapshot.load(kept.folder(closed)).learners["graph"]
        except ModelRefusedError:
            continue
        assert isinstance(learner, Graph)
        return learner, closed
    return None


def _linked(ground: Ground, path: LinkPath) -> Linked:
    ties = [Tie(tie.kind, _day(tie.first), _day(tie.last), tie.count) for tie in path.ties]
    name = ground.book.name_of(path.supplier) or "supplier without a name"
    return Linked(name, path.listed, path.examined, path.found, ties)


def _named(row: dict[str, Any], kind: str) -> str:
    declared = row[VIA[kind]]
    return mask(declared) if kind == "importer" else str(declared or "")


def _day(number: int) -> date:
    return EPOCH + timedelta(number)

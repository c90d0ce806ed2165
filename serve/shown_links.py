"""The links of a line as people see them: nodes and edges, with dates, counts and where the figures come from."""

from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.contract import EPOCH
from originrisk.data.errors import Problem, UsageError
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.graph.graph import KINDS, Graph, Path, Tie, paths
from originrisk.features.history.keys import key_of
from originrisk.features.lines import Lines
from originrisk.models.checkpoints import Checkpoints

SHOWN: Final = 10
"""Paths that are shown: more would not be read."""
NAMED: Final = {
    "seller": "seller_name",
    "consolidator": "consolidator_name",
    "address": "manufacturer_address",
}
"""Column that names a party of the line; an importer is not named."""
LINKED: Final = (
    "entry_number", "line_number", "entry_date", "received_on", "importer_number", "manufacturer_id",
    "manufacturer_name", "manufacturer_address", "seller_name", "consolidator_name", "country_of_origin",
    "country_of_export", "port_of_lading", "htsus",
)  # fmt: skip


def show(settings: Settings, entry_number: str, line_number: int) -> dict[str, Any]:
    """Nodes and edges from a line to suppliers that are listed or were found out, as its day saw them.

    `closed` is the last day whose ties they tell, null before the first close. Raises UsageError without such a line.
    """
    store = Store(settings.home, settings.memory_limit_gb)
    line = store.line("entries", entry_number, line_number)
    if not len(line):
        raise UsageError(Problem("links", "the number of an entry line in the store", "no such line"))
    last = line["entry_date"][0].as_py() - timedelta(1)
    before = store.entries(settings.history_start, last, columns=list(LINKED))
    graph = Checkpoints(store, settings.history_start).learner("graph", last)
    assert isinstance(graph, Graph)
    found = paths(graph, Lines.of(line))[:SHOWN]
    return {
        "entry_number": entry_number,
        "line_number": line_number,
        "closed": str(_date(graph.closed)) if graph.closed >= 0 else None,
        **_drawn(line, found, _names(before, found)),
    }


def _names(entries: pa.Table, found: list[Path]) -> dict[int, str | None]:
    """How the suppliers of the paths were declared first; by MID where no line names them."""
    keys = key_of(Lines.of(entries), "supplier")
    first: dict[int, str | None] = {}
    wanted = {path.supplier for path in found}
    names = pc.coalesce(entries["manufacturer_name"], entries["manufacturer_id"]).to_pylist()
    for key, name in zip(keys.tolist(), names, strict=True):
        if key in wanted:
            first.setdefault(key, name)
    return first


def _drawn(line: pa.Table, found: list[Path], names: dict[int, str | None]) -> dict[str, Any]:
    kinds = [kind for kind in KINDS if any(tie.kind == kind for path in found for tie in path.ties)]
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


def _edge(path: Path, tie: Tie) -> dict[str, Any]:
    dated = {"first": str(_date(tie.first)), "last": str(_date(tie.last)), "lines": tie.count}
    return {"from": tie.kind, "to": _id(path), "kind": "dealt", **dated, "source": "entries"}


def _id(path: Path) -> str:
    return f"{path.supplier:016x}"


def _date(day: int) -> date:
    return EPOCH + timedelta(day)

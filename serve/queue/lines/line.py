"""One line with all its evidence, as known on its day; each part says which version of what stands behind it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from originrisk.serve.queue.lines.beside import Beside, Placed, beside
from originrisk.serve.queue.lines.declaration import Field, declared, missing
from originrisk.serve.queue.lines.ground import Ground
from originrisk.serve.queue.lines.links import Links, links
from originrisk.serve.queue.lines.matches import NameMatches, matches
from originrisk.serve.queue.lines.party import Party, party
from originrisk.serve.queue.lines.past import Past
from originrisk.serve.queue.lines.price import Price, prices
from originrisk.serve.queue.lines.route import Stop, route
from originrisk.serve.queue.lines.shown_day import LOT
from originrisk.serve.queue.lines.similar import similar
from originrisk.serve.queue.lines.words import Said, said


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the line page shows. `score` is the row of `scores`, None for a line that came after its night."""

    row: dict[str, Any]
    score: dict[str, Any] | None
    said: Said | None
    beside: Beside | None
    prices: list[Price]
    supplier: Party
    importer: Party
    cut: bool
    route: list[Stop]
    links: Links
    listings: int
    matches: list[NameMatches]
    declared: list[Field]
    missing: list[tuple[str, str]]
    similar: list[dict[str, Any]]
    versions: dict[str, int]

    @property
    def lot(self) -> bool:
        """Whether the line was drawn by lot."""
        return self.score is not None and self.score["selection"] == LOT


def evidence(
    ground: Ground, graph: Any, line: pa.Table, score: dict[str, Any] | None, placed: Placed
) -> Evidence:
    """The evidence of a line (one row of `entries`), with its row of `scores` and the places of its day."""
    row: dict[str, Any] = line.to_pylist()[0]
    day: date = row["entry_date"]
    past = Past.of(ground, row)
    listings, named = matches(ground, row)
    return Evidence(
        row=row,
        score=score,
        said=said(ground.store.home, score["model_version"], score["probability"]) if score else None,
        beside=beside(placed, score) if score else None,
        prices=prices(line, past),
        supplier=party(past.supplier, day),
        importer=party(past.importer, day),
        cut=past.cut,
        route=route(row),
        links=links(ground, graph, line),
        listings=listings,
        matches=named,
        declared=declared(row),
        missing=missing(row),
        similar=similar(ground, row),
        versions=ground.versions,
    )

"""One line with all its evidence, as known on its day; each part says which version of what stands behind it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa

from originrisk.features.lines import Floats
from originrisk.serve.queue.db.finding import Key
from originrisk.serve.queue.evidence.case import Case
from originrisk.serve.queue.evidence.declaration import Field, Stop, declared, missing, route
from originrisk.serve.queue.evidence.links import Links, NameMatches, links, matches
from originrisk.serve.queue.evidence.past import PartyPast, Past, party, similar
from originrisk.serve.queue.evidence.price import Price, prices
from originrisk.serve.queue.evidence.store_reader import StoreReader
from originrisk.serve.queue.evidence.words import Said, said
from originrisk.serve.scoring.ranking import LOT

_PROBABILITIES: Final = f"""
SELECT probability FROM {{scores}} WHERE entry_date = $1 AND selection IS DISTINCT FROM '{LOT}' ORDER BY probability
"""
_PLACES: Final = """
SELECT place, entry_number, line_number FROM {scores} WHERE entry_date = $1 AND place IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class DayRanking:
    """Probabilities of a day's lines (n,) but those drawn by lot, ascending; the line at each place of its queue."""

    probabilities: Floats
    at: dict[int, Key]

    @classmethod
    def of(cls, reader: StoreReader, day: date) -> "DayRanking":
        """Those of a day; none where it was not scored."""
        probabilities = np.asarray(reader.sql(_PROBABILITIES, [day])["probability"].to_numpy())
        places = reader.sql(_PLACES, [day]).to_pylist()
        return cls(probabilities, {row["place"]: (row["entry_number"], row["line_number"]) for row in places})


@dataclass(frozen=True, slots=True)
class Beside:
    """Those probabilities (n,), ascending; the lines one place before and after, if any."""

    probabilities: Floats
    before: Key | None
    after: Key | None


@dataclass(frozen=True, slots=True)
class LineCase:
    """What the line page shows. `score` is the row of `scores`, None for a line that came after its night."""

    row: dict[str, Any]
    score: dict[str, Any] | None
    said: Said | None
    beside: Beside | None
    prices: list[Price]
    supplier: PartyPast
    importer: PartyPast
    cut: bool
    route: list[Stop]
    links: Links
    listings: int
    matches: list[NameMatches]
    declared: list[Field]
    missing: list[tuple[str, str]]
    similar: list[dict[str, Any]]
    versions: dict[str, int]
    case: Case

    @property
    def lot(self) -> bool:
        """Whether the line was drawn by lot."""
        return self.score is not None and self.score["selection"] == LOT


def evidence(
    reader: StoreReader, graph: Any, line: pa.Table, score: dict[str, Any] | None, ranking: DayRanking
) -> LineCase:
    """The evidence of a line (one row of `entries`), with its row of `scores` and the places of its day."""
    row: dict[str, Any] = line.to_pylist()[0]
    day: date = row["entry_date"]
    past = Past.of(reader, row)
    listings, named = matches(reader, row)
    place = (score and score["place"]) or -1
    neighbours = Beside(ranking.probabilities, ranking.at.get(place - 1), ranking.at.get(place + 1))
    return LineCase(
        row=row,
        score=score,
        said=said(reader.store.home, score["model_version"], score["probability"], row["htsus"]) if score else None,
        beside=neighbours if score else None,
        prices=prices(line, past),
        supplier=party(past.supplier, day),
        importer=party(past.importer, day),
        cut=past.cut,
        route=route(row),
        links=links(reader, graph, line),
        listings=listings,
        matches=named,
        declared=declared(reader, row, past.supplier),
        missing=missing(row),
        similar=similar(reader, row),
        versions=reader.versions,
        case=Case.of(reader, line),
    )

"""The page of supervisors: load of a day, agreement of officers, and what examinations find."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from scipy.stats import binomtest
from sqlalchemy import Connection, func, select

from originrisk.serve.night.report import status
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.context import Context
from originrisk.serve.queue.db.finding import Key
from originrisk.serve.queue.db.findings import awaited
from originrisk.serve.queue.db.tables import ACCOUNTS, FINDINGS, READINGS
from originrisk.serve.queue.db.work import OfficerWork
from originrisk.serve.queue.evidence.reading import CurrentReading
from originrisk.serve.queue.evidence.store_reader import StoreReader
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.routes.admission import may

router = APIRouter()

LEAST: Final = 10
"""Cases below which a share is not told: it would say nothing, and single out a few lines."""

DAYS: Final = 365
GROUPS: Final[Mapping[str, str]] = {
    "selection": "selection",
    "port": "coalesce(port_of_entry, 'no port')",
    "origin": "country_of_origin",
}
_UNTIL: Final = "SELECT max(outcome_date) AS day FROM {examined} WHERE outcome_date <= $1"
_HITS: Final = """
SELECT {group} AS name, count(*) FILTER (result = 'xinjiang') AS part, count(*) AS whole
FROM {{examined}} WHERE result IN ('xinjiang', 'not_xinjiang') AND outcome_date BETWEEN $1 AND $2
GROUP BY name ORDER BY whole DESC, name
"""
_INSIDE: Final = """
SELECT entry_number, line_number, coalesce(port_of_entry, 'no port') AS port, selection = 'lot' AS lot
FROM {scores} JOIN (SELECT entry_number, line_number, port_of_entry FROM {entries} WHERE entry_date = $1)
USING (entry_number, line_number) WHERE entry_date = $1 AND place IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` cases; `name` says which ones."""

    name: str
    part: int
    whole: int

    @property
    def told(self) -> bool:
        """Whether there are enough cases to say a share."""
        return self.whole >= LEAST

    @property
    def rate(self) -> float:
        """The share. Raises ZeroDivisionError without a case."""
        return self.part / self.whole

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval (Wilson 1927). For independent cases: lines of one importer are more alike."""
        found = binomtest(self.part, self.whole).proportion_ci(0.95, method="wilson")
        return float(found.low), float(found.high)


def agreement(connection: Connection) -> list[Share]:
    """Second readings that agreed: all of them, and by the officer whose finding was read."""
    rows = (
        select(ACCOUNTS.c.name, READINGS.c.agrees)
        .join(FINDINGS, FINDINGS.c.id == READINGS.c.finding)
        .join(ACCOUNTS, ACCOUNTS.c.id == FINDINGS.c.by)
    )
    found = [(row.name, row.agrees) for row in connection.execute(rows)]
    names = sorted({name for name, _ in found})
    own = [_counted(name, [agrees for one, agrees in found if one == name]) for name in names]
    return [_counted("all", [agrees for _, agrees in found]), *own]


def corrected(connection: Connection) -> Share:
    """Lines whose finding was corrected at least once, among all lines with one."""
    lines = select(func.max(FINDINGS.c.version)).group_by(FINDINGS.c.entry_number, FINDINGS.c.line_number)
    return _counted("corrected", [version > 1 for version in connection.execute(lines).scalars()])


def _counted(name: str, cases: list[bool]) -> Share:
    return Share(name, sum(cases), len(cases))


@dataclass(frozen=True, slots=True)
class Hits:
    """Conclusive results that became known from `start` to `end`, by each of GROUPS."""

    start: date
    end: date
    groups: Mapping[str, list[Share]]


def hits(reader: StoreReader, today: date) -> Hits | None:
    """Of the DAYS before the latest result that is known today; None before the first result."""
    end = reader.sql(_UNTIL, [today])["day"][0].as_py()
    if end is None:
        return None
    start = end - timedelta(DAYS - 1)
    found = {
        name: [Share(**row) for row in reader.sql(_HITS.format(group=group), [start, end]).to_pylist()]
        for name, group in GROUPS.items()
    }
    return Hits(start, end, found)


@dataclass(frozen=True, slots=True)
class Load:
    """Lines inside capacity: how many, by lot, `taken` and not decided, decided, and those left that nobody has."""

    name: str
    inside: int
    lot: int
    taken: int
    decided: int

    @property
    def left(self) -> int:
        """Lines that nobody has taken or decided."""
        return self.inside - self.taken - self.decided


def of_ports(reader: StoreReader, day: date, work: OfficerWork) -> list[Load]:
    """Load of all ports together, and by port, the largest first."""
    rows = reader.sql(_INSIDE, [day]).to_pylist()
    keys = {(row["entry_number"], row["line_number"]): row for row in rows}
    sizes = Counter(row["port"] for row in rows)
    ports = [
        _load(port, {key: row["lot"] for key, row in keys.items() if row["port"] == port}, work)
        for port, _ in sizes.most_common()
    ]
    return [_load("all ports", {key: row["lot"] for key, row in keys.items()}, work), *ports]


def of_officers(work: OfficerWork) -> list[tuple[str, int, int]]:
    """Officers with lines of the day: name, lines taken, and how many of these are decided."""
    lines = Counter(work.officer.values())
    done = Counter(name for key, name in work.officer.items() if key in work.decided)
    return [(name, count, done[name]) for name, count in sorted(lines.items())]


def _load(name: str, lot: Mapping[Key, bool], work: OfficerWork) -> Load:
    decided = lot.keys() & work.decided.keys()
    taken = lot.keys() & work.officer.keys() - decided
    return Load(name, len(lot), sum(lot.values()), len(taken), len(decided))


@router.get("/supervision")
def supervision(
    request: Request,
    context: Context,
    reading: CurrentReading,
    visitor: Annotated[Visitor, Depends(may("read_supervision"))],
    day: date | None = None,
) -> Response:
    """Load of a day, agreement, hit rates, nights and model."""
    of, reader = day or reading.shown, reading.reader
    with context.database.reading() as connection:
        work = OfficerWork.of(connection, of, visitor) if of else None
        facts: dict[str, Any] = {
            "ports": of_ports(reader, of, work) if of and work else [],
            "officers": of_officers(work) if work else [],
            "agreement": agreement(connection),
            "corrected": corrected(connection),
            "awaited": len(awaited(connection)),
        }
    facts |= {"hits": hits(reader, context.now().date()), "running": status(context.settings.home)}
    return page(request, "supervision.html", day=of, **facts)

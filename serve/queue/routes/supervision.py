"""The page of supervisors: load of a day, agreement of officers, and what examinations find."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BeforeValidator
from scipy.stats import binomtest
from sqlalchemy import Connection, select

from originrisk.serve.night.report import status
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.context import Context
from originrisk.serve.queue.db import findings
from originrisk.serve.queue.db.finding import REOPENED, Key
from originrisk.serve.queue.db.findings import awaited, histories
from originrisk.serve.queue.db.tables import ACCOUNTS, FINDINGS, READINGS
from originrisk.serve.queue.db.work import OfficerWork
from originrisk.serve.queue.evidence.reading import CurrentReading
from originrisk.serve.queue.evidence.store_reader import StoreReader
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.routes.admission import may
from originrisk.serve.queue.routes.export import MEDIA_TYPES, sheet

router = APIRouter()

LEAST: Final = 10
"""Cases below which a share is not told: it would say nothing, and single out a few lines."""

DAYS: Final = 365
Day = Annotated[date | None, BeforeValidator(lambda value: value or None)]
"""A day of the address; empty is none."""
GROUPS: Final[Mapping[str, str]] = {
    "selection": "selection",
    "port": "coalesce(port_of_entry, 'no port')",
    "origin": "country_of_origin",
}
_UNTIL: Final = "SELECT max(outcome_date) AS day FROM {examined} WHERE outcome_date <= $1"
_CONCLUSIVE: Final = "result IN ('xinjiang', 'not_xinjiang') AND outcome_date BETWEEN $1 AND $2"
_HITS: Final = f"""
SELECT {{group}} AS name, count(*) FILTER (result = 'xinjiang') AS part, count(*) AS whole
FROM {{{{examined}}}} WHERE {_CONCLUSIVE} GROUP BY name ORDER BY whole DESC, name
"""
_OVER_TIME: Final = f"""
SELECT selection, strftime(date_trunc('quarter', outcome_date), '%Y-%m') AS name,
       count(*) FILTER (result = 'xinjiang') AS part, count(*) AS whole
FROM {{examined}} WHERE {_CONCLUSIVE} GROUP BY ALL ORDER BY ALL
"""
STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Probabilities between which scores are set beside what examinations found."""
_CALIBRATION: Final = f"""
SELECT list_count(list_filter({list(STEPS)}, lambda step: probability >= step)) AS step, avg(probability) AS promised,
       count(*) FILTER (result = 'xinjiang') AS part, count(*) AS whole
FROM {{examined}} JOIN (SELECT entry_number, line_number, probability FROM {{scores}})
USING (entry_number, line_number) WHERE {_CONCLUSIVE} GROUP BY step ORDER BY step
"""
_PLACES: Final = """
SELECT entry_date AS day, count(place) AS inside FROM {scores}
WHERE entry_date <= $1 GROUP BY day ORDER BY day DESC LIMIT 14
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


Period = tuple[date, date]
"""First and last day that count."""


def agreement(connection: Connection, period: Period) -> list[Share]:
    """Second readings of a period that agreed: all of them, and by the officer whose finding was read."""
    rows = (
        select(ACCOUNTS.c.name, READINGS.c.agrees)
        .join(FINDINGS, FINDINGS.c.id == READINGS.c.finding)
        .join(ACCOUNTS, ACCOUNTS.c.id == FINDINGS.c.by)
        .where(READINGS.c.at.between(*_moments(period)))
    )
    found = [(row.name, row.agrees) for row in connection.execute(rows)]
    names = ["all", *sorted({name for name, _ in found})]
    cases = {one: [agrees for name, agrees in found if one in ("all", name)] for one in names}
    return [Share(name, sum(agrees), len(agrees)) for name, agrees in cases.items()]


def corrected(connection: Connection, period: Period) -> Share:
    """Lines whose finding was corrected, among those first found on in a period; what was undone is no correction."""
    first, last = _moments(period)
    lines = [of for of in histories(connection) if first <= of[0].at <= last]
    changed = [
        any(REOPENED not in (one.draft.decision, other.draft.decision) for one, other in pairwise(of)) for of in lines
    ]
    return Share("corrected", sum(changed), len(lines))


def _moments(period: Period) -> tuple[datetime, datetime]:
    return datetime.combine(period[0], time.min, UTC), datetime.combine(period[1], time.max, UTC)


@dataclass(frozen=True, slots=True)
class Hits:
    """Conclusive results that became known in a period: by each of GROUPS, by policy and quarter, and beside what the
    scores promised (probability from and to, mean promise, share found)."""

    groups: Mapping[str, list[Share]]
    over_time: Mapping[str, list[Share]]
    calibration: list[tuple[float, float, float, Share]]


def hits(reader: StoreReader, period: Period) -> Hits | None:
    """What examinations found in a period; None without a result."""
    found = {
        name: [Share(**row) for row in reader.sql(_HITS.format(group=group), [*period]).to_pylist()]
        for name, group in GROUPS.items()
    }
    over_time: dict[str, list[Share]] = {}
    for row in reader.sql(_OVER_TIME, [*period]).to_pylist():
        over_time.setdefault(row.pop("selection"), []).append(Share(**row))
    ends = (0.0, *STEPS, 1.0)
    promised = [
        (ends[row["step"]], ends[row["step"] + 1], row["promised"], Share("", row["part"], row["whole"]))
        for row in reader.sql(_CALIBRATION, [*period]).to_pylist()
    ]
    return Hits(found, over_time, promised) if found["selection"] else None


def ageing(connection: Connection, reader: StoreReader, today: date) -> list[tuple[date, int, int, int]]:
    """Of the latest scored days: the day, its places, how many of these are decided, and their age in days."""
    days = []
    for row in reader.sql(_PLACES, [today]).to_pylist():
        standing = findings.of_day(connection, row["day"]).values()
        done = sum(one.line.selection is not None and one.draft.decision != REOPENED for one in standing)
        days.append((row["day"], row["inside"], done, (today - row["day"]).days))
    return days


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


def of_officers(reader: StoreReader, day: date, work: OfficerWork) -> list[Load]:
    """Load of each officer with lines inside capacity, counted as that of the ports."""
    lot = {(row["entry_number"], row["line_number"]): row["lot"] for row in reader.sql(_INSIDE, [day]).to_pylist()}
    held = {key: name for key, name in work.officer.items() if key in lot}
    return [
        _load(name, {key: lot[key] for key, who in held.items() if who == name}, work)
        for name in sorted(set(held.values()))
    ]


def _load(name: str, lot: Mapping[Key, bool], work: OfficerWork) -> Load:
    decided = lot.keys() & work.decided.keys()
    taken = lot.keys() & work.officer.keys() - decided
    return Load(name, len(lot), sum(lot.values()), len(taken), len(decided))


Supervisor = Annotated[Visitor, Depends(may("read_supervision"))]


@router.get("/supervision")
def supervision(
    request: Request,
    context: Context,
    reading: CurrentReading,
    visitor: Supervisor,
    *,
    day: Day = None,
    since: Day = None,
    until: Day = None,
) -> Response:
    """Load of a day; agreement, hit rates and calibration of a period; nights and model."""
    of, reader, today = day or reading.shown, reading.reader, context.now().date()
    period = _period(reader, today, since, until)
    with context.database.reading() as connection:
        work = OfficerWork.of(connection, of, visitor) if of else None
        facts: dict[str, Any] = {
            "ports": of_ports(reader, of, work) if of and work else [],
            "officers": of_officers(reader, of, work) if of and work else [],
            "days": ageing(connection, reader, today),
            "agreement": agreement(connection, (period[0], today)),
            "corrected": corrected(connection, (period[0], today)),
            "awaited": len(awaited(connection)),
        }
    facts |= {"hits": hits(reader, period), "period": period, "running": status(context.settings.home)}
    return page(request, "supervision.html", day=of, today=today, **facts)


@router.get("/supervision.csv")
def exported(
    request: Request,
    context: Context,
    reading: CurrentReading,
    visitor: Supervisor,
    *,
    since: Day = None,
    until: Day = None,
) -> Response:
    """What examinations found in a period, as a file."""
    period = _period(reading.reader, context.now().date(), since, until)
    found = hits(reading.reader, period)
    groups = {**found.groups, **{f"{name} by quarter": of for name, of in found.over_time.items()}} if found else {}
    heads = ("group", "name", "found", "examined", "share", "low", "high")
    rows = [
        (group, one.name, one.part, one.whole, *((one.rate, *one.interval) if one.told else (None,) * 3))
        for group, of in groups.items()
        for one in of
    ]
    file = sheet("csv", heads, rows)
    with context.unit_of_work() as unit:
        digest = hashlib.sha256(file).hexdigest()
        unit.record(visitor.name, "export made", request.url.path, query=request.url.query, sha256=digest)
    named = {"Content-Disposition": f'attachment; filename="supervision-{period[0]}-{period[1]}.csv"'}
    return Response(file, media_type=MEDIA_TYPES["csv"], headers=named)


def _period(reader: StoreReader, today: date, since: date | None, until: date | None) -> Period:
    """The days asked for; else the DAYS before the latest result that is known today."""
    last = until or reader.sql(_UNTIL, [today])["day"][0].as_py() or today
    return since or last - timedelta(DAYS - 1), last

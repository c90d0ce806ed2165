"""Findings in the database: each correction is a further version; one against the goods waits for a second reader."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, insert, select

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.store.tables import Store
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.context import UnitOfWork
from originrisk.serve.queue.db.finding import LONGEST_REASON, Draft, Finding, Key, Line, SecondReading, address
from originrisk.serve.queue.db.tables import ACCOUNTS, FINDINGS, READINGS

_READER = ACCOUNTS.alias("reader")


class NoSuchLineError(Exception):
    """The store holds no such line."""


class OvertakenError(Exception):
    """Somebody wrote another version meanwhile: `current` is what now stands."""

    def __init__(self, current: Finding) -> None:
        self.current = current
        super().__init__("a newer version stands")


def line(store: Store, entry_number: str, line_number: int) -> Line:
    """The line, and how the day's queue placed it. Raises NoSuchLineError."""
    entry = store.line("entries", entry_number, line_number)
    if not len(entry):
        raise NoSuchLineError
    scored = store.line("scores", entry_number, line_number).to_pylist()
    score: dict[str, Any] = scored[0] if scored else {}
    return Line(
        entry_number,
        line_number,
        entry["entry_date"][0].as_py(),
        score.get("selection"),
        score.get("selection_probability"),
        score.get("probability"),
        score.get("model_version"),
    )


def write(unit: UnitOfWork, visitor: Visitor, of: Line, draft: Draft, based_on: int) -> int:
    """Write down a draft that keeps the rules, as the version after `based_on`; returns its id.

    The same draft sent twice is written once. Raises OvertakenError where `based_on` is not the last version.
    """
    current = latest(unit.connection, of.key)
    last = current.version if current else 0
    if current and last == based_on + 1 and current.by == visitor.name and current.draft == draft:
        return current.id
    if current and last != based_on:
        raise OvertakenError(current)
    row = {**asdict(of), **asdict(draft), "version": last + 1, "by": visitor.account, "at": unit.at}
    id = unit.connection.execute(insert(FINDINGS).values(row).returning(FINDINGS.c.id)).scalar_one()
    facts = {"finding": id, "version": last + 1, "decision": draft.decision, "result": draft.result}
    facts |= {"disposition": draft.disposition} if draft.disposition else {}
    unit.record(visitor.name, "finding written", address(of.key), [(FINDINGS, id)], **facts)
    return int(id)


def latest(connection: Connection, key: Key) -> Finding | None:
    """The finding that stands about a line: its last version."""
    versions = history(connection, key)
    return versions[-1] if versions else None


def history(connection: Connection, key: Key) -> list[Finding]:
    """Every version of the finding about a line, oldest first."""
    of_line = and_(FINDINGS.c.entry_number == key[0], FINDINGS.c.line_number == key[1])
    return list(_findings(connection, _all().where(of_line).order_by(FINDINGS.c.version)))


def of_day(connection: Connection, day: date) -> dict[Key, Finding]:
    """The last version of the findings about the lines of a day."""
    return _by_line(_findings(connection, _last().where(FINDINGS.c.entry_date == day)))


def last_versions(connection: Connection, where: ColumnElement[bool]) -> list[Finding]:
    """The findings that stand and fit a condition on their rows, oldest first."""
    return list(_findings(connection, _last().where(where).order_by(FINDINGS.c.id)))


def everything(connection: Connection) -> dict[Key, Finding]:
    """The last version of every finding, by line, oldest first."""
    return _by_line(_findings(connection, _last().order_by(FINDINGS.c.id)))


def histories(connection: Connection) -> list[list[Finding]]:
    """Every version of the finding about each line, oldest first; the lines by their last versions' ids."""
    versions: dict[Key, list[Finding]] = {}
    for one in _findings(connection, _all().order_by(FINDINGS.c.id)):
        versions.setdefault(one.line.key, []).append(one)
    return sorted(versions.values(), key=lambda of: of[-1].id)


def numbered(connection: Connection, id: int) -> Finding | None:
    """The finding of that id, whatever its version."""
    return next(_findings(connection, _all().where(FINDINGS.c.id == id)), None)


def _all() -> Select[Any]:
    by, reader = ACCOUNTS.c.name.label("by_name"), _READER.c.name.label("reader_name")
    second = (READINGS.c.agrees, READINGS.c.note.label("reading_note"), READINGS.c.at.label("read_at"))
    return (
        select(FINDINGS, by, *second, reader)
        .join(ACCOUNTS, ACCOUNTS.c.id == FINDINGS.c.by)
        .outerjoin(READINGS, READINGS.c.finding == FINDINGS.c.id)
        .outerjoin(_READER, _READER.c.id == READINGS.c.by)
    )


def _last() -> Select[Any]:
    other = FINDINGS.alias("other")
    same = and_(other.c.entry_number == FINDINGS.c.entry_number, other.c.line_number == FINDINGS.c.line_number)
    newest = select(func.max(other.c.version)).where(same).scalar_subquery()
    return _all().where(FINDINGS.c.version == newest)


def _findings(connection: Connection, wanted: Select[Any]) -> Iterator[Finding]:
    return map(_finding, connection.execute(wanted).mappings())


def _finding(row: RowMapping) -> Finding:
    read = row["agrees"] is not None
    second = SecondReading(row["agrees"], row["reading_note"], row["reader_name"], row["read_at"]) if read else None
    line = Line(**{name: row[name] for name in Line.__dataclass_fields__})
    draft = Draft(**{name: row[name] for name in Draft.__dataclass_fields__})
    return Finding(row["id"], line, row["version"], draft, row["by_name"], row["at"], second)


def _by_line(findings: Iterable[Finding]) -> dict[Key, Finding]:
    return {one.line.key: one for one in findings}


def awaited(connection: Connection) -> list[Finding]:
    """Findings that await a second reader, oldest first."""
    return [one for one in everything(connection).values() if one.state == "awaits a second reader"]


def read_second(unit: UnitOfWork, visitor: Visitor, id: int, *, agrees: bool, note: str | None) -> Finding:
    """Write down what the second reader says. Raises BadInputError where it is not theirs to say."""
    finding = numbered(unit.connection, id)
    problem = _reading_problem(unit.connection, finding, visitor, agrees=agrees, note=note)
    if problem or finding is None:
        raise BadInputError(problem or Problem("finding", "a finding", "none"))
    row = {"finding": id, "agrees": agrees, "note": note, "by": visitor.account, "at": unit.at}
    unit.connection.execute(insert(READINGS).values(row))
    facts = {"finding": id, "agrees": agrees}
    unit.record(visitor.name, "second reading", address(finding.line.key), [(READINGS, id)], **facts)
    return finding


def _reading_problem(
    connection: Connection, finding: Finding | None, visitor: Visitor, *, agrees: bool, note: str | None
) -> Problem | None:
    if finding is None:
        return Problem("finding", "one that awaits a second reader", "none of that number")
    last = latest(connection, finding.line.key)
    if last is None or last.id != finding.id or finding.state != "awaits a second reader":
        return Problem("finding", "one that awaits a second reader", "one that was read or corrected meanwhile")
    if finding.by == visitor.name:
        return Problem("second reader", "another officer than the one who wrote it", "the same")
    if not agrees and not note:
        return Problem("note", "why you do not agree", "none")
    if note and len(note) > LONGEST_REASON:
        return Problem("note", f"at most {LONGEST_REASON:,} characters", f"{len(note):,}")
    return None

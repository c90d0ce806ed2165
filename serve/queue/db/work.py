"""An officer's own work: lines taken (each change is a further row), saved views, undo, what is new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection, RowMapping, delete, func, insert, select

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue.access import ACTIONS, Visitor
from originrisk.serve.queue.context import UnitOfWork
from originrisk.serve.queue.db import accounts, findings
from originrisk.serve.queue.db.finding import REOPENED, Draft, Finding, Key, Line, address
from originrisk.serve.queue.db.tables import ACCOUNTS, ASSIGNMENTS, AUDIT, FINDINGS, VIEWS

LONGEST_NAME: Final = 100
LONGEST_QUERY: Final = 2_000


@dataclass(frozen=True, slots=True)
class OfficerWork:
    """What officers have made of lines: `decided` and the finding's `version`, the `officer` that has it; who asks."""

    decided: Mapping[Key, str]
    version: Mapping[Key, int]
    officer: Mapping[Key, str]
    me: str

    @classmethod
    def of(cls, connection: Connection, day: date, visitor: Visitor) -> "OfficerWork":
        """That on the lines of a day."""
        standing = findings.of_day(connection, day)
        newest = (
            select(func.max(ASSIGNMENTS.c.id))
            .where(ASSIGNMENTS.c.entry_date == day)
            .group_by(ASSIGNMENTS.c.entry_number, ASSIGNMENTS.c.line_number)
        )
        taken = (
            select(ASSIGNMENTS.c.entry_number, ASSIGNMENTS.c.line_number, ACCOUNTS.c.name)
            .join(ACCOUNTS, ACCOUNTS.c.id == ASSIGNMENTS.c.officer)
            .where(ASSIGNMENTS.c.id.in_(newest))
        )
        return cls(
            {key: one.draft.decision for key, one in standing.items() if one.draft.decision != REOPENED},
            {key: one.version for key, one in standing.items()},
            {(row.entry_number, row.line_number): row.name for row in connection.execute(taken)},
            visitor.name,
        )


def assign(unit: UnitOfWork, visitor: Visitor, of: Line, officer: str | None) -> None:
    """Give a line to an officer, or to nobody. Raises BadInputError for somebody who cannot have it.

    Supervisors give lines to anybody; officers take what nobody has, and give back what is theirs.
    """
    held = holder(unit.connection, of.key)
    found = accounts.find(unit.connection, officer) if officer else None
    if officer and (found is None or found.locked or found.role not in ACTIONS["write_finding"]):
        raise BadInputError(Problem("officer", "an account that writes findings", "another"))
    if visitor.role != "supervisor" and ({held, officer} - {None, visitor.name}):
        raise BadInputError(Problem("officer", "a line that nobody has, for yourself", "somebody else's"))
    key = {"entry_number": of.entry_number, "line_number": of.line_number, "entry_date": of.entry_date}
    row = {**key, "officer": found.id if found else None, "by": visitor.account, "at": unit.at}
    id = unit.connection.execute(insert(ASSIGNMENTS).values(row).returning(ASSIGNMENTS.c.id)).scalar_one()
    unit.record(visitor.name, "line assigned", address(of.key), [(ASSIGNMENTS, id)], officer=officer or "")


def holder(connection: Connection, key: Key) -> str | None:
    """Who has taken a line."""
    rows = (
        select(ACCOUNTS.c.name)
        .select_from(ASSIGNMENTS)
        .outerjoin(ACCOUNTS, ACCOUNTS.c.id == ASSIGNMENTS.c.officer)
        .where(ASSIGNMENTS.c.entry_number == key[0], ASSIGNMENTS.c.line_number == key[1])
        .order_by(ASSIGNMENTS.c.id.desc())
        .limit(1)
    )
    return connection.execute(rows).scalar_one_or_none()


def officers(connection: Connection) -> list[str]:
    """Accounts that lines can be given to."""
    writing = ACCOUNTS.c.role.in_(ACTIONS["write_finding"])
    rows = select(ACCOUNTS.c.name).where(writing, ~ACCOUNTS.c.locked).order_by(ACCOUNTS.c.name)
    return list(connection.execute(rows).scalars())


def save_view(connection: Connection, visitor: Visitor, name: str, query: str) -> None:
    """Keep a view, in place of one of the same name. Raises BadInputError for no name or too long a text."""
    problems = []
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        problems.append(Problem("name", f"1 to {LONGEST_NAME} printable characters", "another text"))
    if len(query) > LONGEST_QUERY:
        problems.append(Problem("filters", f"at most {LONGEST_QUERY:,} characters", f"{len(query):,}"))
    if problems:
        raise BadInputError(problems)
    own = (VIEWS.c.account == visitor.account) & (VIEWS.c.name == name)
    connection.execute(delete(VIEWS).where(own))
    row = {"account": visitor.account, "name": name, "query": urlencode(parse_qsl(query.lstrip("?")))}
    connection.execute(insert(VIEWS).values(row))


def forget_view(connection: Connection, visitor: Visitor, id: int) -> None:
    """Remove a view of the visitor's own."""
    connection.execute(delete(VIEWS).where(VIEWS.c.id == id, VIEWS.c.account == visitor.account))


def views_of(connection: Connection, visitor: Visitor) -> Sequence[RowMapping]:
    """The visitor's views: `id`, `name` and `query`, by name."""
    rows = select(VIEWS).where(VIEWS.c.account == visitor.account).order_by(VIEWS.c.name)
    return connection.execute(rows).mappings().all()


UNDO: Final = timedelta(seconds=10)
"""How long pages offer to undo."""
GRACE: Final = timedelta(seconds=5)
"""How much later it may still arrive."""
APART: Final = timedelta(minutes=30)
"""Looks at the queue that lie closer together are one."""
LOOKED_BACK: Final = 20_000
"""Rows of the audit that are searched for the last look."""


def just_written(connection: Connection, visitor: Visitor, at: datetime) -> list[Finding]:
    """The visitor's findings that they may still undo."""
    mine = (FINDINGS.c.by == visitor.account) & (FINDINGS.c.at > at - UNDO) & (FINDINGS.c.at <= at)
    return [
        one
        for one in findings.last_versions(connection, mine)
        if one.draft.decision != REOPENED and one.reading is None
    ]


def undo(unit: UnitOfWork, visitor: Visitor, keys: Sequence[tuple[Key, int]]) -> None:
    """Take back one's own findings, each by its version: what stood before stands again, as a further version.

    Raises BadInputError, and takes nothing back, where one is another officer's, overtaken, read or too old.
    """
    for key, version in keys:
        history = findings.history(unit.connection, key)
        last = history[-1] if history else None
        known = last is not None and last.version == version and last.by == visitor.name
        if last is None or not known or last.reading or unit.at - last.at > UNDO + GRACE:
            name, step = f"{key[0]} / {key[1]}", "Open the line, and write a correction."
            asked = "a finding of your own, of the last ten seconds"
            raise BadInputError(Problem(name, asked, "an older one or another's", step))
        before = history[-2].draft if version > 1 else Draft(REOPENED)
        draft = replace(before, reason="taken back within ten seconds")
        findings.write(unit, visitor, last.line, draft, version)


@dataclass(frozen=True, slots=True)
class Since:
    """What others did since the visitor's look at `at`: findings on lines, and lines given to the visitor."""

    at: datetime
    findings: int
    given: int


def since_last_look(connection: Connection, visitor: Visitor, at: datetime) -> Since | None:
    """What is new to the visitor; None where no earlier look at the queue is found."""
    recent = AUDIT.c.number > select(func.max(AUDIT.c.number) - LOOKED_BACK).scalar_subquery()
    mine = (AUDIT.c.account == visitor.name) & (AUDIT.c.action == "read_queue") & (AUDIT.c.at < at - APART)
    looked = connection.execute(select(func.max(AUDIT.c.at)).where(mine, recent)).scalar_one()
    if looked is None:
        return None
    others = select(func.count()).select_from(FINDINGS).where(FINDINGS.c.by != visitor.account)
    given = select(func.count()).select_from(ASSIGNMENTS).where(ASSIGNMENTS.c.officer == visitor.account)
    return Since(
        looked,
        connection.execute(others.where(FINDINGS.c.at > looked)).scalar_one(),
        connection.execute(given.where(ASSIGNMENTS.c.by != visitor.account, ASSIGNMENTS.c.at > looked)).scalar_one(),
    )

"""An officer's own order: which lines are taken (each change is a further row), and saved views of the queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection, RowMapping, delete, func, insert, select

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue.access import ACTIONS, Visitor
from originrisk.serve.queue.context import UnitOfWork
from originrisk.serve.queue.db import accounts, findings
from originrisk.serve.queue.db.finding import Key, Line, address
from originrisk.serve.queue.db.tables import ACCOUNTS, ASSIGNMENTS, VIEWS

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
            {key: one.draft.decision for key, one in standing.items()},
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

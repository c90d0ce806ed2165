"""Assignments: which officer has taken a line; each change is a further row."""

from datetime import date

from sqlalchemy import Connection, func, insert, select

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue import accounts
from originrisk.serve.queue.access import ACTIONS, Visitor
from originrisk.serve.queue.desk import Act
from originrisk.serve.queue.finding import Key, Line, address
from originrisk.serve.queue.tables import ACCOUNTS, ASSIGNMENTS


def assign(act: Act, visitor: Visitor, of: Line, officer: str | None) -> None:
    """Give a line to an officer, or to nobody. Raises BadInputError for somebody who cannot have it.

    Supervisors give lines to anybody; officers take what nobody has, and give back what is theirs.
    """
    held = holder(act.connection, of.key)
    found = accounts.find(act.connection, officer) if officer else None
    if officer and (found is None or found.locked or found.role not in ACTIONS["write_finding"]):
        raise BadInputError(Problem("officer", "an account that writes findings", "another"))
    if visitor.role != "supervisor" and ({held, officer} - {None, visitor.name}):
        raise BadInputError(Problem("officer", "a line that nobody has, for yourself", "somebody else's"))
    key = {"entry_number": of.entry_number, "line_number": of.line_number, "entry_date": of.entry_date}
    row = {**key, "officer": found.id if found else None, "by": visitor.account, "at": act.at}
    act.connection.execute(insert(ASSIGNMENTS).values(row))
    act.tell(visitor.name, "line assigned", address(of.key), officer=officer or "")


def of_day(connection: Connection, day: date) -> dict[Key, str]:
    """Who has taken which of a day's lines."""
    newest = (
        select(func.max(ASSIGNMENTS.c.id))
        .where(ASSIGNMENTS.c.entry_date == day)
        .group_by(ASSIGNMENTS.c.entry_number, ASSIGNMENTS.c.line_number)
    )
    rows = (
        select(ASSIGNMENTS.c.entry_number, ASSIGNMENTS.c.line_number, ACCOUNTS.c.name)
        .join(ACCOUNTS, ACCOUNTS.c.id == ASSIGNMENTS.c.officer)
        .where(ASSIGNMENTS.c.id.in_(newest))
    )
    return {(row.entry_number, row.line_number): row.name for row in connection.execute(rows)}


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

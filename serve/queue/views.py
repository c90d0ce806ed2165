"""Saved views: a name for the filters of the queue's page, each account's own."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection, RowMapping, delete, insert, select

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.tables import VIEWS

LONGEST_NAME = 100
LONGEST_QUERY = 2_000


def save(connection: Connection, visitor: Visitor, name: str, query: str) -> None:
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


def forget(connection: Connection, visitor: Visitor, id: int) -> None:
    """Remove a view of the visitor's own."""
    connection.execute(delete(VIEWS).where(VIEWS.c.id == id, VIEWS.c.account == visitor.account))


def of(connection: Connection, visitor: Visitor) -> Sequence[RowMapping]:
    """The visitor's views: `id`, `name` and `query`, by name."""
    rows = select(VIEWS).where(VIEWS.c.account == visitor.account).order_by(VIEWS.c.name)
    return connection.execute(rows).mappings().all()

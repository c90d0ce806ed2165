"""The audit: who did what to which line, each row sealed by a hash over the row before it, so that no row can change
unseen. The seals also go to a file beside the database, so that no rows can be cut off the end unseen."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, RowMapping, Table, insert, inspect, select

from originrisk.data.errors import Problem
from originrisk.data.store import journal
from originrisk.serve.queue.db.database import Database, folder
from originrisk.serve.queue.db.tables import ACCOUNTS, ASSIGNMENTS, AUDIT, COMMENTS, DELIVERED, FINDINGS, READINGS

START: Final = "0" * 64
_SEALED: Final = ("number", "at", "account", "action", "subject", "details", "previous")


class Seal(BaseModel):
    """How far the audit had come: number and hash of its last row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Event:
    """What was done: by which `account`, which `action`, to which `subject`, and `details` beside."""

    account: str
    action: str
    subject: str
    details: Mapping[str, Any] = field(default_factory=dict)


def seals(home: Path) -> Path:
    """The file of seals."""
    return folder(home) / "audit-seals.jsonl"


def write(connection: Connection, event: Event, at: datetime) -> Seal:
    """Append an event within a transaction of `Database.writing`: it stands or falls with what it tells of."""
    last = connection.execute(select(AUDIT.c.number, AUDIT.c.hash).order_by(AUDIT.c.number.desc()).limit(1))
    before = last.one_or_none()
    row: dict[str, Any] = {
        "number": before.number + 1 if before else 1,
        "at": at,
        "account": event.account,
        "action": event.action,
        "subject": event.subject,
        "details": json.dumps(event.details, sort_keys=True, ensure_ascii=True),
        "previous": before.hash if before else START,
    }
    row["hash"] = seal(row)
    connection.execute(insert(AUDIT).values(row))
    return Seal(number=row["number"], hash=row["hash"])


def seal(row: Mapping[str, Any] | RowMapping) -> str:
    """The hash of a row: SHA-256 over its cells as JSON, the hash of the row before among them."""
    cells = [row[name].isoformat() if name == "at" else row[name] for name in _SEALED]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=True).encode()).hexdigest()


CHAINED: Final[Mapping[str, tuple[Table, str, tuple[str, ...]]]] = {
    "findings": (FINDINGS, "id", tuple(FINDINGS.c.keys())),
    "readings": (READINGS, "finding", tuple(READINGS.c.keys())),
    "assignments": (ASSIGNMENTS, "id", tuple(ASSIGNMENTS.c.keys())),
    "comments": (COMMENTS, "id", tuple(COMMENTS.c.keys())),
    "delivered": (DELIVERED, "finding", tuple(DELIVERED.c.keys())),
    "accounts": (ACCOUNTS, "name", ("id", "name", "role", "password", "demo", "locked")),
}
"""Tables whose rows the audit seals: the key that names a row, and the columns that change only with a record of it."""


def digests(connection: Connection, rows: Iterable[tuple[Table, Any]]) -> dict[str, str]:
    """A digest of each of these rows (table, key) as it stands, by `table/key`."""
    found = {}
    for table, value in rows:
        _, key, columns = CHAINED[table.name]
        row = connection.execute(select(*(table.c[name] for name in columns)).where(table.c[key] == value)).one()
        found[f"{table.name}/{value}"] = _digest(row)
    return found


def adopt(connection: Connection, at: datetime) -> None:
    """Seal what an earlier version left without a seal, as it was found."""
    there = set(inspect(connection).get_table_names())
    for table, key, _ in CHAINED.values():
        if table.name not in there:
            continue  # of a later revision
        keys = connection.execute(select(table.c[key])).scalars().all()
        for first in range(0, len(keys), 500):
            sealed = digests(connection, [(table, one) for one in keys[first : first + 500]])
            write(connection, Event("command: migrate", "sealed as found", table.name, {"sealed": sealed}), at)


def _digest(row: Sequence[Any]) -> str:
    """The digest of a row. Its last cells count where they hold something: a later version may add columns."""
    cells = [*row]
    while cells and cells[-1] is None:
        cells.pop()
    return hashlib.sha256(json.dumps(cells, default=str, ensure_ascii=True).encode()).hexdigest()


def rows(connection: Connection) -> Iterator[RowMapping]:
    """All rows, oldest first, a few at a time."""
    found = connection.execution_options(yield_per=1000).execute(select(AUDIT).order_by(AUDIT.c.number))
    yield from found.mappings()


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found: rows, the seal of the last one, and every breach."""

    rows: int
    head: str
    problems: tuple[Problem, ...]


def verify(database: Database, home: Path) -> Verified:
    """Read the whole audit, the file of seals and every sealed row. Raises BadInputError for an unreadable seal."""
    seen = {one.number: one.hash for one in journal.read(seals(home), Seal, "a seal")}
    problems: list[Problem] = []
    told: dict[str, str] = {}
    number, previous = 0, START
    with database.reading() as connection:
        for row in rows(connection):
            if row["number"] != number + 1:
                problems.append(Problem(f"row {number + 1}", "the next row", f"row {row['number']}"))
            if row["previous"] != previous:
                problems.append(Problem(f"row {row['number']}", "the hash of the row before", "another"))
            if row["hash"] != seal(row):
                problems.append(Problem(f"row {row['number']}", "the row as it was sealed", "other content"))
            elif '"sealed"' in row["details"]:
                told |= json.loads(row["details"])["sealed"]
            if seen.get(row["number"], row["hash"]) != row["hash"]:
                problems.append(Problem(f"row {row['number']}", "the seal beside the database", "another"))
            number, previous = row["number"], row["hash"]
        for name, (table, key, columns) in CHAINED.items():
            there = connection.execute(select(table.c[key], *(table.c[column] for column in columns)))
            problems += [
                Problem(f"{name} {one[0]}", "the row as the audit tells of it", "another")
                for one in there
                if told.pop(f"{name}/{one[0]}", None) != _digest(one[1:])
            ]
    problems += [Problem(name.replace("/", " "), "the row that the audit tells of", "none") for name in told]
    furthest = max(seen, default=0)
    if number > 1 and not seen:  # power may be cut between the first row and its seal
        problems.append(Problem(seals(home).name, "the seals beside the database", "none"))
    if furthest > number:
        problems.append(Problem("the end", f"row {furthest}, as its seal says", f"row {number} as the last"))
    return Verified(number, previous, tuple(problems))

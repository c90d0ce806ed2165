"""The audit: who did what to which line, each row sealed by a hash over the row before it, so that no row can change
unseen. The seals also go to a file beside the database, so that no rows can be cut off the end unseen."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, RowMapping, insert, select

from originrisk.data.errors import Problem
from originrisk.data.store import journal
from originrisk.serve.queue.db.database import Database, folder
from originrisk.serve.queue.db.tables import AUDIT

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
    """Read the whole audit and the file of seals. Raises BadInputError where a seal cannot be read."""
    sealed = {one.number: one.hash for one in journal.read(seals(home), Seal, "a seal")}
    problems: list[Problem] = []
    number, previous = 0, START
    with database.reading() as connection:
        for row in rows(connection):
            if row["number"] != number + 1:
                problems.append(Problem(f"row {number + 1}", "the next row", f"row {row['number']}"))
            if row["previous"] != previous:
                problems.append(Problem(f"row {row['number']}", "the hash of the row before", "another"))
            if row["hash"] != seal(row):
                problems.append(Problem(f"row {row['number']}", "the row as it was sealed", "other content"))
            if sealed.get(row["number"], row["hash"]) != row["hash"]:
                problems.append(Problem(f"row {row['number']}", "the seal beside the database", "another"))
            number, previous = row["number"], row["hash"]
    problems += _cut_off(number, sealed)
    return Verified(number, previous, tuple(problems))


def _cut_off(last: int, sealed: dict[int, str]) -> Iterator[Problem]:
    furthest = max(sealed, default=0)
    if furthest > last:
        yield Problem("the end", f"row {furthest}, as its seal says", f"row {last} as the last")

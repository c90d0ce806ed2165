"""Comments on lines with attached files, and the log of a line: everything that people did with it."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.context import UnitOfWork
from originrisk.serve.queue.db import findings
from originrisk.serve.queue.db.database import folder
from originrisk.serve.queue.db.finding import DECIDED, DISPOSITIONS, RESULTS, Key, address
from originrisk.serve.queue.db.tables import ACCOUNTS, ASSIGNMENTS, COMMENTS

LONGEST_COMMENT: Final = 5_000


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was looked through: its name, `kind` (how names of such files end) and content."""

    name: str
    kind: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The digest under which it is kept."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that was done with a line; `comment` is the number of a comment with a file, `file` its name."""

    at: datetime
    by: str
    kind: str
    text: str
    comment: int | None = None
    file: str | None = None


def comment(unit: UnitOfWork, visitor: Visitor, key: Key, home: Path, *, text: str, file: Attachment | None) -> int:
    """Write a comment down; its file lies in the home before the row names it. Raises BadInputError for no text."""
    wrong = []
    if not text and not file:
        wrong.append(Problem("comment", "a text, a file, or both", "none"))
    if len(text) > LONGEST_COMMENT:
        wrong.append(Problem("comment", f"at most {LONGEST_COMMENT:,} characters", f"{len(text):,}"))
    if any(one == "\x00" or "\ud800" <= one <= "\udfff" for one in text):
        wrong.append(Problem("comment", "text", "characters that are none"))
    if wrong:
        raise BadInputError(wrong)
    row: dict[str, Any] = {"entry_number": key[0], "line_number": key[1], "text": text}
    if file:
        _keep(home, file)
        row |= {"file_name": file.name, "kind": file.kind, "size": len(file.content), "sha256": file.sha256}
    row |= {"by": visitor.account, "at": unit.at}
    id = unit.connection.execute(insert(COMMENTS).values(row).returning(COMMENTS.c.id)).scalar_one()
    facts = {"comment": id} | ({"sha256": file.sha256, "size": len(file.content)} if file else {})
    unit.record(visitor.name, "comment written", address(key), [(COMMENTS, id)], **facts)
    return int(id)


def _keep(home: Path, file: Attachment) -> None:
    target = folder(home) / "attachments"
    target.mkdir(exist_ok=True, mode=0o700)
    staged = target / f".{file.sha256}.{os.getpid()}"
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(file.content)
        opened.flush()
        os.fsync(opened.fileno())
    staged.replace(target / file.sha256)


def attachment(connection: Connection, home: Path, key: Key, id: int) -> Attachment | None:
    """The file of a line's comment, as it was sent; None where there is none.

    Raises BadInputError where what lies in the home is not what was sent.
    """
    asked = (COMMENTS.c.id == id, COMMENTS.c.entry_number == key[0], COMMENTS.c.line_number == key[1])
    row = connection.execute(select(COMMENTS).where(*asked, COMMENTS.c.sha256.is_not(None))).one_or_none()
    if row is None:
        return None
    path = folder(home) / "attachments" / row.sha256
    found = Attachment(row.file_name, row.kind, path.read_bytes() if path.is_file() else b"")
    if found.sha256 != row.sha256:
        step = "Restore the folder queue/attachments from a backup."
        raise BadInputError(Problem("attachment", "the file as it was sent", "none, or another", step))
    return found


def log_of(connection: Connection, key: Key) -> list[LogEntry]:
    """What people did with a line, oldest first: findings, second readings, who has it, comments."""
    log = []
    for one in findings.history(connection, key):
        ends = (RESULTS.get(one.draft.result or ""), DISPOSITIONS.get(one.draft.disposition or ""))
        said = "; ".join(words for words in ends if words)
        result = f", {said} on {one.draft.found_on}" if said else ""
        why = f": {one.draft.reason}" if one.draft.reason else ""
        log.append(LogEntry(one.at, one.by, "finding", f"{DECIDED[one.draft.decision]}{result}{why}"))
        if one.reading:
            said = "agrees" if one.reading.agrees else "does not agree"
            note = f": {one.reading.note}" if one.reading.note else ""
            log.append(LogEntry(one.reading.at, one.reading.by, "second reading", f"{said}{note}"))
    officer = ACCOUNTS.alias("officer")
    given = (
        select(ASSIGNMENTS.c.at, ACCOUNTS.c.name, officer.c.name.label("officer"))
        .join(ACCOUNTS, ACCOUNTS.c.id == ASSIGNMENTS.c.by)
        .outerjoin(officer, officer.c.id == ASSIGNMENTS.c.officer)
        .where(ASSIGNMENTS.c.entry_number == key[0], ASSIGNMENTS.c.line_number == key[1])
    )
    log += [
        LogEntry(row.at, row.name, "assignment", f"given to {row.officer or 'nobody'}")
        for row in connection.execute(given)
    ]
    written = (
        select(COMMENTS, ACCOUNTS.c.name.label("name"))
        .join(ACCOUNTS, ACCOUNTS.c.id == COMMENTS.c.by)
        .where(COMMENTS.c.entry_number == key[0], COMMENTS.c.line_number == key[1])
    )
    log += [
        LogEntry(row.at, row.name, "comment", row.text, row.id if row.sha256 else None, row.file_name)
        for row in connection.execute(written)
    ]
    return sorted(log, key=lambda one: one.at)

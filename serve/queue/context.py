"""The context: what every page of the queue works with, and how something is done so that the audit tells of it."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Connection, Table

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.settings import Settings
from originrisk.data.store import journal
from originrisk.data.store.tables import Store
from originrisk.serve.queue.db import audit
from originrisk.serve.queue.db.audit import Event, Seal
from originrisk.serve.queue.db.database import Database, newest, revision

log = logging.getLogger("originrisk.queue")


@dataclass(slots=True)
class UnitOfWork:
    """One transaction that writes, at one moment; what is told of it stands or falls with it."""

    connection: Connection
    at: datetime
    sealed: Seal | None = None

    def record(
        self, account: str, action: str, subject: str, sealed: Iterable[tuple[Table, Any]] = (), **details: Any
    ) -> None:
        """Write into the audit what is done here, and seal rows as they now stand (table, key)."""
        if digests := audit.digests(self.connection, sealed):
            details["sealed"] = digests
        self.sealed = audit.write(self.connection, Event(account, action, subject, details), self.at)


@dataclass(frozen=True, slots=True)
class AppContext:
    """Settings, store, database and clock of the queue."""

    settings: Settings
    store: Store
    database: Database
    now: Callable[[], datetime]

    @classmethod
    def of(cls, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> "AppContext":
        """The context of a home. Raises BadInputError where its database is not of this version."""
        database = Database(settings)
        found, wanted = revision(database), newest()
        if found != wanted:
            step = "Run `originrisk queue migrate`."
            raise BadInputError(Problem("the queue's database", f"revision {wanted}", f"{found}", step))
        return cls(settings, Store(settings.home, settings.memory_limit_gb), database, now)

    @contextmanager
    def unit_of_work(self) -> Iterator[UnitOfWork]:
        """A transaction that writes: committed when the block ends, undone when it raises."""
        with self.database.writing() as connection:
            unit = UnitOfWork(connection, self.now())
            yield unit
        if unit.sealed:
            try:
                journal.append(audit.seals(self.settings.home), unit.sealed)
            except OSError as error:  # what was done stands, and the next seal holds this row too
                log.error("no seal written", extra={"facts": {"kind": type(error).__name__}})


def app_context(request: Request) -> AppContext:
    """The context of the application that a request came to; for `Depends`."""
    found: AppContext = request.app.state.context
    return found


Context = Annotated[AppContext, Depends(app_context)]
"""A parameter of a route that needs the context."""

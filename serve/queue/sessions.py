"""Sessions: a random token in a cookie, its hash in the database; they end by idling, by age, or by being ended."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from originrisk.data.settings import QueueSettings, Settings
from originrisk.serve.queue import demo
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.tables import ACCOUNTS, SESSIONS

WORTH_NOTING: Final = timedelta(seconds=20)
"""Time since the last request that is not written down again."""


def begin(connection: Connection, account: int, at: datetime, settings: QueueSettings) -> str:
    """A new session; returns the token of its cookie. What is left of sessions that are over goes."""
    oldest = at - timedelta(hours=settings.session_hours)
    connection.execute(delete(SESSIONS).where(SESSIONS.c.began_at < oldest))
    token = secrets.token_urlsafe(32)
    row = {"token": digest(token), "account": account, "csrf": secrets.token_urlsafe(32)}
    connection.execute(insert(SESSIONS).values(**row, began_at=at, seen_at=at))
    return token


def visitor(connection: Connection, token: str, at: datetime, settings: Settings) -> Visitor | None:
    """Who holds the token of a session that still lasts. Needs a transaction that writes."""
    both = select(SESSIONS, ACCOUNTS).join(ACCOUNTS).where(SESSIONS.c.token == digest(token))
    found = connection.execute(both).one_or_none()
    if found is None or found.locked or (found.demo and not demo.allowed(settings)):
        return None
    own = settings.queue
    idle, age = timedelta(minutes=own.idle_minutes), timedelta(hours=own.session_hours)
    if at - found.seen_at > idle or at - found.began_at > age:
        end(connection, token)
        return None
    if at - found.seen_at > WORTH_NOTING:
        connection.execute(update(SESSIONS).where(SESSIONS.c.token == digest(token)).values(seen_at=at))
    return Visitor(found.account, found.name, found.role, found.csrf)


def end(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.token == digest(token)))


def end_all(connection: Connection, account: int) -> None:
    """End all sessions of an account."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.account == account))


def digest(token: str) -> str:
    """What is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()

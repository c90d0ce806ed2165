"""Accounts and sessions: passwords as argon2 hashes, locked out after wrong ones in a row, session tokens as hashes."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, Row, RowMapping, delete, insert, select, update
from zxcvbn import zxcvbn

from originrisk.data.errors import Problem, UsageError
from originrisk.data.settings import QueueSettings, Settings
from originrisk.serve.queue import access
from originrisk.serve.queue.access import ROLES, Visitor
from originrisk.serve.queue.context import UnitOfWork
from originrisk.serve.queue.db.tables import ACCOUNTS, SESSIONS

LEAST_CHARACTERS: Final = 12
MOST_CHARACTERS: Final = 200
LEAST_STRENGTH: Final = 3
"""Of zxcvbn, 0 to 4: 3 withstands about 10^8 guesses, far more than a slow hash and a lock-out leave."""
LOCAL_WORDS: Final = (
    "originrisk",
    "customs",
    "border",
    "protection",
    "xinjiang",
    "uyghur",
    "uflpa",
    "import",
    "officer",
)
"""Words that somebody who knows what this is for tries first."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{1,99}", re.ASCII)
_HASHER: Final = PasswordHasher()
_NOBODY: Final = _HASHER.hash("nobody has this password")


def create(connection: Connection, name: str, role: str, password: str, at: datetime, *, demo: bool = False) -> None:
    """A new account. Raises UsageError with everything that is wrong with it."""
    problems = [*_problems_of_name(connection, name), *_problems_of_role(role)]
    problems += _problems_of_password(name, password)
    if problems:
        raise UsageError(problems)
    row = {"name": name, "role": role, "password": _HASHER.hash(normal(password)), "demo": demo, "created_at": at}
    connection.execute(insert(ACCOUNTS).values(**row, locked=False, failures=0))


def change(connection: Connection, name: str, **values: Any) -> None:
    """Another role, locked or not; the account's sessions end. Raises UsageError for what there is not."""
    problems = _problems_of_role(values["role"]) if "role" in values else []
    if problems:
        raise UsageError(problems)
    end_sessions(connection, _named(connection, name).id)
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == name).values(**values))


def set_password(connection: Connection, name: str, password: str) -> None:
    """Another password; the account's sessions and its lock-out end. Raises UsageError."""
    problems = _problems_of_password(name, password)
    if problems:
        raise UsageError(problems)
    change(connection, name, password=_HASHER.hash(normal(password)), failures=0, locked_until=None)


def everyone(connection: Connection) -> Sequence[RowMapping]:
    """All accounts by name, without their passwords."""
    columns = [column for column in ACCOUNTS.c if column.name != "password"]
    return connection.execute(select(*columns).order_by(ACCOUNTS.c.name)).mappings().all()


def find(connection: Connection, name: str) -> Row[Any] | None:
    """The account of that name."""
    return connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).one_or_none()


def right(found: Row[Any] | None, password: str) -> bool:
    """Whether the password is the account's. Slow on purpose, as slow for a name that there is not: no transaction."""
    kept = found.password if found and found.password else _NOBODY
    for one in dict.fromkeys((normal(password), password)):  # passwords were once kept as they were typed
        try:
            return _HASHER.verify(kept, one)
        except VerificationError:
            continue
    return False


def admit(
    connection: Connection, name: str, *, right: bool, demo: bool, at: datetime, settings: QueueSettings
) -> tuple[int | None, str]:
    """The account that a `right` password opens and "", or None and why not; wrong ones are counted.

    Accounts of the demo open nothing unless `demo`.
    """
    found = find(connection, name)
    if found is None:
        return None, "unknown name"
    if found.demo and not demo:
        return None, "demo account"
    if found.locked or (found.locked_until and at < found.locked_until):
        return None, "locked"
    failures = 0 if right else found.failures + 1
    out = failures >= settings.lock_after
    until = at + timedelta(minutes=settings.lock_minutes) if out else None
    values = {"failures": 0 if out else failures, "locked_until": until}
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == found.id).values(values))
    return (found.id, "") if right else (None, "wrong password")


def _named(connection: Connection, name: str) -> Row[Any]:
    found = find(connection, name)
    if found is None:
        raise UsageError(Problem("account", "the name of an account", "no account of that name"))
    return found


def _problems_of_name(connection: Connection, name: str) -> list[Problem]:
    if not _NAME.fullmatch(name):
        expected = "2 to 100 small letters, digits, dots, hyphens or @, a letter or digit first"
        return [Problem("name", expected, "another form")]
    taken = Problem("name", "one that is free", "an account of that name")
    return [taken] if find(connection, name) else []


def _problems_of_role(role: str) -> list[Problem]:
    return [] if role in ROLES else [Problem("role", f"one of {', '.join(ROLES)}", "another")]


def _problems_of_password(name: str, password: str) -> list[Problem]:
    password = normal(password)
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        expected = f"{LEAST_CHARACTERS} to {MOST_CHARACTERS} characters"
        return [Problem("password", expected, f"{len(password)}")]
    if any(unicodedata.category(one) in ("Cc", "Cs") for one in password):
        return [Problem("password", "letters, digits, signs and spaces", "characters that nobody can type")]
    # what comes after is not judged: the estimate takes longer than linear time
    found = zxcvbn(password[:72], [name, *LOCAL_WORDS])
    own = re.sub("|".join(map(re.escape, [name, *LOCAL_WORDS])), "", password.lower())
    if found["score"] >= LEAST_STRENGTH and len(own) >= LEAST_CHARACTERS // 2:
        return []
    why = " ".join((found["feedback"]["warning"], *found["feedback"]["suggestions"])).strip()
    return [Problem("password", "one that is hard to guess", "one that lists of passwords lead to", why)]


def normal(password: str) -> str:
    """The password as it is compared, however a keyboard composes it (OpaqueString of RFC 8265)."""
    spaced = "".join(" " if unicodedata.category(one) == "Zs" else one for one in password)
    return unicodedata.normalize("NFC", spaced)


WORTH_NOTING: Final = timedelta(seconds=20)
"""Time since the last request that is not written down again."""


def begin_session(connection: Connection, account: int, at: datetime, settings: QueueSettings) -> str:
    """A new session; returns the token of its cookie. What is left of sessions that are over goes."""
    oldest = at - timedelta(hours=settings.session_hours)
    connection.execute(delete(SESSIONS).where(SESSIONS.c.began_at < oldest))
    token = secrets.token_urlsafe(32)
    row = {"token": digest(token), "account": account, "csrf": _bound(token, account, at)}
    connection.execute(insert(SESSIONS).values(**row, began_at=at, seen_at=at))
    return token


def session_visitor(connection: Connection, token: str, at: datetime, settings: Settings) -> Visitor | None:
    """Who holds the token of a session that still lasts. Needs a transaction that writes."""
    both = select(SESSIONS, ACCOUNTS).join(ACCOUNTS).where(SESSIONS.c.token == digest(token))
    found = connection.execute(both).one_or_none()
    if found is None or found.csrf != _bound(token, found.account, found.began_at):
        return None
    if found.locked or (found.demo and not access.demo_allowed(settings)):
        return None
    own = settings.queue
    idle, age = timedelta(minutes=own.idle_minutes), timedelta(hours=own.session_hours)
    if abs(at - found.seen_at) > idle or abs(at - found.began_at) > age:  # a clock put back makes none longer
        end_session(connection, token)
        return None
    if at - found.seen_at > WORTH_NOTING:
        connection.execute(update(SESSIONS).where(SESSIONS.c.token == digest(token)).values(seen_at=at))
    return Visitor(found.account, found.name, found.role, found.csrf)


def _bound(token: str, account: int, began: datetime) -> str:
    """The token of a session's forms: it binds account and beginning to the cookie, whatever the database says."""
    return digest(f"{token} {account} {began.isoformat()}")


def sessions_of(connection: Connection, account: int) -> Sequence[RowMapping]:
    """The sessions of an account, without their tokens: `token` is what is kept of each."""
    own = select(SESSIONS.c.token, SESSIONS.c.began_at, SESSIONS.c.seen_at).where(SESSIONS.c.account == account)
    return connection.execute(own.order_by(SESSIONS.c.began_at)).mappings().all()


def end_session(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.token == digest(token)))


def end_sessions(connection: Connection, account: int, but: str = "") -> None:
    """End all sessions of an account, but for that of a token."""
    own = (SESSIONS.c.account == account) & (SESSIONS.c.token != digest(but))
    connection.execute(delete(SESSIONS).where(own))


def digest(token: str) -> str:
    """What is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


DEMO_NAMES: Final = {role: role.replace("_", "-") for role in ROLES}


def create_demo(unit: UnitOfWork, settings: Settings) -> str:
    """One account of each role, with a new password that is returned and kept nowhere.

    Raises UsageError where accounts of the demo would open nothing, or a name is taken by another account.
    """
    if not access.demo_allowed(settings):
        expected = "a home of simulated lines with its own database, reached from this machine only"
        raise UsageError(Problem("accounts demo", expected, "another"))
    password = secrets.token_urlsafe(12)
    there = set(unit.connection.execute(select(ACCOUNTS.c.name).where(ACCOUNTS.c.demo)).scalars())
    for role, name in DEMO_NAMES.items():
        if name in there:
            set_password(unit.connection, name, password)
        else:
            create(unit.connection, name, role, password, unit.at, demo=True)
    return password

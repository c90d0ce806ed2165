"""API keys: made by command, kept as hashes, each with scopes and an end.

A key's secret is 256 random bits, so nobody can guess it from its hash however fast the hash is; a slow hash such as
argon2 protects passwords that people choose, and would cost every request tens of milliseconds.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from filelock import FileLock

from originrisk.data.errors import Problem, UsageError

SCOPES: Final = ("score", "lines", "parties", "model", "metrics")
_FORM: Final = re.compile(r"ork_([0-9a-f]{16})_([A-Za-z0-9_-]{43})", re.ASCII)
_NOBODY: Final = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of a key: never its secret. Times are ISO, UTC."""

    id: str
    purpose: str
    sha256: str
    scopes: tuple[str, ...]
    created: str
    expires: str
    revoked: str | None = None


def path(home: Path) -> Path:
    """The file of keys."""
    return home / "keys" / "keys.json"


def read(home: Path) -> dict[str, Key]:
    """All keys by id. Raises ValueError where the file is no file of keys."""
    if not path(home).is_file():
        return {}
    rows = json.loads(path(home).read_text(encoding="utf-8"))
    try:
        keys = [Key(**{**row, "scopes": tuple(row["scopes"])}) for row in rows]
        return {key.id: key for key in keys if datetime.fromisoformat(key.expires)}
    except (KeyError, TypeError) as error:
        raise ValueError("not a file of keys") from error


def create(home: Path, purpose: str, scopes: Iterable[str], days: int) -> tuple[Key, str]:
    """A new key, and the text to hand over once. Raises UsageError for a scope that there is not."""
    chosen = tuple(sorted(set(scopes)))
    if unknown := set(chosen) - set(SCOPES) or not chosen:
        raise UsageError(Problem("--scope", f"some of {', '.join(SCOPES)}", "another" if unknown else "none"))
    now, secret = datetime.now(UTC), secrets.token_urlsafe(32)
    ends = (now + timedelta(days)).isoformat(timespec="seconds")
    made = now.isoformat(timespec="seconds")
    key = Key(secrets.token_hex(8), purpose, _digest(secret), chosen, made, ends)
    with _lock(home):
        _write(home, {**read(home), key.id: key})
    return key, f"ork_{key.id}_{secret}"


def revoke(home: Path, id: str) -> Key:
    """End a key now. Raises UsageError where there is none of that id."""
    with _lock(home):
        keys = read(home)
        if id not in keys:
            raise UsageError(Problem("keys revoke", "the id of a key", "no key of that id"))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        keys[id] = Key(**{**asdict(keys[id]), "revoked": keys[id].revoked or now})
        _write(home, keys)
    return keys[id]


def judge(keys: dict[str, Key], presented: str, now: datetime) -> tuple[Key | None, str]:
    """The key that was presented and "", or None and why it is refused. Takes as long for every secret."""
    match = _FORM.fullmatch(presented)
    id, secret = match.groups() if match else ("", "")
    key = keys.get(id)
    right = hmac.compare_digest(_digest(secret), key.sha256 if key else _NOBODY)
    if key is None or not right:
        return None, "wrong"
    if key.revoked:
        return None, "revoked"
    return (key, "") if now < datetime.fromisoformat(key.expires) else (None, "expired")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _lock(home: Path) -> FileLock:
    path(home).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return FileLock(path(home).with_suffix(".lock"), timeout=10)


def _write(home: Path, keys: dict[str, Key]) -> None:
    staged = path(home).with_suffix(f".{os.getpid()}")
    rows = json.dumps([asdict(key) for key in keys.values()], indent=2)
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(rows + "\n")
    staged.replace(path(home))

"""Who asks, and whether they may: an API key or an issuer's token, its scope, its rate.

Keys are made by command and kept as hashes, each with scopes and an end. A secret is 256 random bits, so nobody can
guess it from its hash however fast the hash is; a slow hash such as argon2 protects passwords that people choose, and
would cost every request tens of milliseconds.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any, Final

import jwt
from filelock import FileLock

from originrisk.data.errors import BadInputError, Problem, UsageError
from originrisk.data.settings import ServiceSettings, Settings
from originrisk.data.store.integrity import read_sealed, write_sealed
from originrisk.data.store.journal import make_folder
from originrisk.serve.online.middleware import KEYS, Rate
from originrisk.serve.online.problems import (
    MISSING_SCOPE,
    OVER_LIMIT,
    UNKNOWN_KEY,
    UNREADABLE_KEYS,
    RefusedError,
    later,
)

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


def keys_path(home: Path) -> Path:
    """The file of keys."""
    return home / "keys" / "keys.json"


def read_keys(home: Path) -> dict[str, Key]:
    """All keys by id. Raises BadInputError where the file is no file of keys, or not what was written."""
    path = keys_path(home)
    if not path.is_file():
        return {}
    try:
        rows = json.loads(path.read_bytes())
        rows = rows if isinstance(rows, list) else read_sealed(path)["keys"]  # once there was no seal
        keys = [Key(**{**row, "scopes": tuple(row["scopes"])}) for row in rows]
        return {key.id: key for key in keys if datetime.fromisoformat(key.expires)}
    except (KeyError, TypeError, ValueError) as error:
        step = "Restore it from a copy, or remove it and make new keys."
        raise BadInputError(Problem("keys/keys.json", "a file of keys", "another", step)) from error


def create_key(home: Path, purpose: str, scopes: Iterable[str], days: int) -> tuple[Key, str]:
    """A new key, and the text to hand over once. Raises UsageError for a scope that there is not."""
    chosen = tuple(sorted(set(scopes)))
    if unknown := set(chosen) - set(SCOPES) or not chosen:
        raise UsageError(Problem("--scope", f"some of {', '.join(SCOPES)}", "another" if unknown else "none"))
    now, secret = datetime.now(UTC), secrets.token_urlsafe(32)
    ends = (now + timedelta(days)).isoformat(timespec="seconds")
    made = now.isoformat(timespec="seconds")
    key = Key(secrets.token_hex(8), purpose, _digest(secret), chosen, made, ends)
    with _keys_lock(home):
        _write_keys(home, {**read_keys(home), key.id: key})
    return key, f"ork_{key.id}_{secret}"


def revoke_key(home: Path, id: str) -> Key:
    """End a key now. Raises UsageError where there is none of that id."""
    with _keys_lock(home):
        keys = read_keys(home)
        if id not in keys:
            raise UsageError(Problem("keys revoke", "the id of a key", "no key of that id"))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        keys[id] = Key(**{**asdict(keys[id]), "revoked": keys[id].revoked or now})
        _write_keys(home, keys)
    return keys[id]


def judge_key(keys: dict[str, Key], presented: str, now: datetime) -> tuple[Key | None, str]:
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


def _keys_lock(home: Path) -> FileLock:
    make_folder(keys_path(home).parent)
    return FileLock(keys_path(home).with_suffix(".lock"), timeout=10)


def _write_keys(home: Path, keys: dict[str, Key]) -> None:
    write_sealed(keys_path(home), {"keys": [asdict(key) for key in keys.values()]})


ALGORITHMS: Final = ("RS256", "ES256", "PS256")
LIFESPAN: Final = 300
"""Seconds for which the issuer's keys are remembered."""

MOST_AGE: Final = 3600
"""Seconds for which they are still used while the issuer does not answer."""

PATIENCE: Final = 30
"""Seconds between two looks at the issuer's keys for tokens that name an unknown one."""


class Tokens:
    """Judges tokens by signature, issuer, audience and time. May ask the issuer for its keys: call it aside."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._client = jwt.PyJWKClient(settings.oidc_keys_url, timeout=5)
        self._known: dict[Any, Any] = {}
        self._looked = self._read_at = -float("inf")

    def judge(self, token: str) -> tuple[str, tuple[str, ...]] | None:
        """Subject and scopes of a sound token, or None."""
        try:
            key = self._key(jwt.get_unverified_header(token).get("kid"))
            if key is None:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                issuer=self._settings.oidc_issuer,
                audience=self._settings.oidc_audience,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError):
            return None
        granted = str(claims.get("scope", "")).split()
        return str(claims["sub"]), tuple(scope for scope in SCOPES if f"originrisk:{scope}" in granted)

    def _key(self, kid: object) -> Any:
        """The issuer's key of that id. One thread asks at a time; known keys serve meanwhile, MOST_AGE at the longest.

        For ids that it does not know the issuer is not asked again at once.
        """
        now = time.monotonic()
        age = now - self._read_at
        if kid in self._known and age <= MOST_AGE:
            if age > LIFESPAN and now - self._looked > PATIENCE:
                self._looked = now
                Thread(target=self._look, daemon=True).start()
        elif now - self._looked > PATIENCE:
            self._looked = now
            self._look()
        fresh = time.monotonic() - self._read_at <= MOST_AGE
        return self._known.get(kid) if fresh and isinstance(kid, str) else None

    def _look(self) -> None:
        try:
            self._known = {key.key_id: key for key in self._client.get_signing_keys(refresh=True)}
            self._read_at = time.monotonic()
        except (jwt.PyJWTError, ValueError) as error:
            log.error("no keys from the issuer", extra={"facts": {"kind": type(error).__name__}})


log = logging.getLogger("originrisk.online")
RETRY_SECONDS = 60
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="originrisk"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the id of a key, or the subject of a token."""

    name: str
    scopes: tuple[str, ...]


class Guard:
    """Lets callers in. The file of keys is read again as soon as it changes: a revoked key ends at once."""

    def __init__(self, settings: Settings, rate: Rate) -> None:
        self._home, self._file, self._rate = settings.home, keys_path(settings.home), rate
        self._read: tuple[Any, dict[str, Key]] = (None, {})
        self._tokens = Tokens(settings.service) if settings.service.oidc_issuer else None

    async def admit(self, headers: Mapping[str, str], scope: str) -> Caller:
        """The caller, who may do this. Raises RefusedError (401, 403, 429 or 503)."""
        scheme, _, presented = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not presented:
            raise self._refused("missing", "a bearer key or token", "none")
        caller = await self._caller(presented.strip())
        if scope not in caller.scopes:
            KEYS.labels("scope").inc()
            raise RefusedError(
                MISSING_SCOPE, [Problem("authorization", f"a key with scope `{scope}`", "a key without")]
            )
        self.charge(caller, 1)
        return caller

    def charge(self, caller: Caller, units: int) -> None:
        """Count units of work towards the caller's rate. Raises RefusedError (429) where they are too many."""
        wait = self._rate.wait(caller.name, units) if units else 0
        if wait:
            KEYS.labels("rate").inc()
            raise later(OVER_LIMIT, wait, Problem("authorization", "lines within the key's rate", "more"))

    async def _caller(self, presented: str) -> Caller:
        if not presented.startswith("ork_") and self._tokens:
            judged = await asyncio.to_thread(self._tokens.judge, presented)
            if judged:
                return Caller(f"oidc:{judged[0]}", judged[1])
            raise self._refused("token", "a sound token of the issuer", "another")
        key, why = judge_key(self._keys(), presented, datetime.now(UTC))
        if key is None:
            raise self._refused(why, "a valid API key", f"a {why} one")
        return Caller(key.id, key.scopes)

    def _keys(self) -> dict[str, Key]:
        try:
            stamp = _stamp(self._file)
            if stamp != self._read[0]:
                self._read = (stamp, read_keys(self._home))
        except (OSError, BadInputError) as error:  # another user's file, or a broken one: nobody is let in
            log.error("unreadable keys", extra={"facts": {"kind": type(error).__name__}})
            problem = Problem("keys", "a file of keys that the service's user can read", "another")
            raise later(UNREADABLE_KEYS, RETRY_SECONDS, problem) from error
        return self._read[1]

    def _refused(self, reason: str, expected: str, found: str) -> RefusedError:
        KEYS.labels(reason).inc()
        return RefusedError(UNKNOWN_KEY, [Problem("authorization", expected, found)], CHALLENGE)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns

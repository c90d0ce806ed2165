"""Who asks, and whether they may: an API key or a token, its scope, its rate."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from originrisk.data.errors import Problem
from originrisk.data.settings import Settings
from originrisk.serve.online import keys
from originrisk.serve.online.keys import Key
from originrisk.serve.online.metrics import KEYS
from originrisk.serve.online.problems import (
    MISSING_SCOPE,
    OVER_LIMIT,
    UNKNOWN_KEY,
    UNREADABLE_KEYS,
    RefusedError,
    later,
)
from originrisk.serve.online.rate import Rate
from originrisk.serve.online.tokens import Tokens

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
        self._home, self._file, self._rate = settings.home, keys.path(settings.home), rate
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
        key, why = keys.judge(self._keys(), presented, datetime.now(UTC))
        if key is None:
            raise self._refused(why, "a valid API key", f"a {why} one")
        return Caller(key.id, key.scopes)

    def _keys(self) -> dict[str, Key]:
        try:
            stamp = _stamp(self._file)
            if stamp != self._read[0]:
                self._read = (stamp, keys.read(self._home))
        except (OSError, ValueError) as error:  # another user's file, or a broken one: nobody is let in
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

"""What every request passes: an id, safe headers, a log line, measures over all workers, the rate of each caller."""

import asyncio
import fcntl
import hashlib
import logging
import mmap
import os
import secrets
import struct
import time
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from originrisk.serve.online.problems import DEFECT, RefusedError

REQUESTS: Final = Counter("originrisk_requests", "Requests answered", ["route", "status"])
SECONDS: Final = Histogram(
    "originrisk_request_seconds",
    "Time from the request's first byte to the answer's last, seconds",
    ["route"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
LINES: Final = Counter("originrisk_lines", "Entry lines scored")
KEYS: Final = Counter("originrisk_keys_refused", "Requests refused for their key", ["reason"])
SWAPS: Final = Counter("originrisk_swaps", "Times that a new model or history took over in a worker")
REFUSED: Final = Counter("originrisk_refused", "Models and histories refused by a worker", ["what"])


def metrics_page() -> bytes:
    """All measures in the text format of Prometheus."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for measure in (REQUESTS, SECONDS, LINES, KEYS, SWAPS, REFUSED):
            registry.register(measure)
    return generate_latest(registry)


SLOTS: Final = 4096
_CELL: Final = struct.Struct("d")


class Rate:
    """`per_second` units steadily, `burst` at once. Times are of the monotonic clock, which workers share."""

    def __init__(self, path: Path, per_second: float, burst: float) -> None:
        self._interval, self._burst = 1 / per_second, burst / per_second
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(self._file, SLOTS * _CELL.size)
        self._paid = mmap.mmap(self._file, SLOTS * _CELL.size)

    def wait(self, caller: str, units: float) -> float:
        """Seconds after which the caller may ask for so many units; 0 where it may now, and they are counted.

        Callers that fall into one slot of SLOTS share a rate.
        """
        cell = int.from_bytes(hashlib.sha256(caller.encode()).digest()[:4], "big") % SLOTS * _CELL.size
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            now = time.monotonic()
            latest = now + self._burst  # a clock that began anew may have left a later time
            paid = min(max(now, _CELL.unpack_from(self._paid, cell)[0]), latest) + units * self._interval
            if paid > latest:
                return float(paid - latest)
            _CELL.pack_into(self._paid, cell, paid)
            return 0.0
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the file back."""
        self._paid.close()
        os.close(self._file)


log = logging.getLogger("originrisk.online")

HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)


class RequestMiddleware:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        passage = RequestInPassing(scope, send)
        try:
            await self._app(scope, receive, passage.send)
        except ClientDisconnect:
            passage.status = passage.status or 499
        except Exception as error:
            log.error("defect", extra={"facts": {"request": passage.id, **_place(error)}})
            if not passage.status:
                await RefusedError(DEFECT).response()(scope, receive, passage.send)
        finally:
            passage.end()
        return None


class RequestInPassing:
    """One request on its way through: `status` is 0 until the answer begins."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.id = secrets.token_hex(8)
        self.status = 0
        self._scope, self._send, self._start = scope, send, time.perf_counter()
        scope.setdefault("state", {})["request"] = self.id

    async def send(self, message: Message) -> None:
        """Pass a message on, with what every answer carries."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *HEADERS, (b"x-request-id", self.id.encode())]
        await self._send(message)

    def end(self) -> None:
        """Count and log, once the answer is on its way."""
        asyncio.get_running_loop().call_soon(self._note, time.perf_counter() - self._start)

    def _note(self, seconds: float) -> None:
        """What was asked for is named by its route, never by its address."""
        route = getattr(self._scope.get("route"), "path", "none")
        REQUESTS.labels(route, str(self.status)).inc()
        SECONDS.labels(route).observe(seconds)
        caller = self._scope["state"].get("caller", "")
        facts = {"request": self.id, "route": route, "status": self.status, "caller": caller}
        log.info("request", extra={"facts": {**facts, "ms": round(seconds * 1000, 2)}})


def _place(error: Exception) -> dict[str, Any]:
    """Kind and place of a defect; its own text may quote what was sent."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
    return {"kind": type(error).__name__, "place": place}

"""The door: every request gets an id, a time, safe headers and a log line; no defect leaves with its words."""

import asyncio
import logging
import secrets
import time
from typing import Any, Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from originrisk.serve.online.metrics import REQUESTS, SECONDS
from originrisk.serve.online.problems import DEFECT, RefusedError

log = logging.getLogger("originrisk.online")

HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)


class Door:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        passage = Passage(scope, send)
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


class Passage:
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

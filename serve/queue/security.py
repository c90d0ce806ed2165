"""What every request passes before a page is made for it, and what every answer tells the browser.

Nothing of unbounded cost is done before the caller is known: a form arrives whole, in one encoding, within a size, a
number of fields and a time, or it is refused. Text that no database takes is refused here, for all pages at once.
"""

import asyncio
import logging
from time import monotonic
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from originrisk.serve.queue.attachments import MOST_BYTES as MOST_ATTACHED
from originrisk.serve.queue.rendering import problem_page

log = logging.getLogger("originrisk.queue")

MOST_BYTES: Final = 262_144
MOST_LOG_IN_BYTES: Final = 16_384
MOST_FIELDS: Final = 64
FORM_SECONDS: Final = 10.0
MOST_FILE_BYTES: Final = MOST_ATTACHED + 65_536
FILE_SECONDS: Final = 30.0
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Protection:
    """The outermost ASGI middleware: limits, safe headers on every answer, and no defect that leaves with its words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                kept = "max-age=3600" if scope["path"].startswith("/static/") else "no-store"
                headers["Cache-Control"] = kept
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        try:
            await self._app(scope, await _arrived(scope, receive), dressed)
        except Exception as error:
            if begun:
                raise
            status = error.status_code if isinstance(error, HTTPException) else 500
            if status == 500:
                log.error("defect", extra={"facts": {"kind": type(error).__name__}})
            await problem_page(Request(scope), status)(scope, receive, dressed)


async def _arrived(scope: Scope, receive: Receive) -> Receive:
    """What gives a request's form, which has arrived. Raises HTTPException with the status that refuses it."""
    if "\x00" in scope["path"] or _holds_null(scope["query_string"]):
        raise HTTPException(400)
    headers = Headers(scope=scope)
    kind, _, encoding = headers.get("content-type", "").lower().replace('"', "").partition(";")
    files = scope["path"].endswith("/comments") and kind.strip() == "multipart/form-data"
    size = headers.get("content-length", "0" if "transfer-encoding" not in headers else "")
    most = MOST_LOG_IN_BYTES if scope["path"] == "/login" else MOST_FILE_BYTES if files else MOST_BYTES
    if not (size.isascii() and size.isdigit() and len(size) < 10 and int(size) <= most):
        raise HTTPException(413)
    if int(size) == 0:
        return receive
    if files:
        return _counted(receive, int(size))
    if kind.strip() != "application/x-www-form-urlencoded" or encoding.strip() not in {"", "charset=utf-8"}:
        raise HTTPException(415)
    body, more = b"", True
    try:
        async with asyncio.timeout(FORM_SECONDS):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise HTTPException(400)
                body, more = body + message.get("body", b""), message.get("more_body", False)
    except TimeoutError:
        raise HTTPException(408) from None
    if _holds_null(body):
        raise HTTPException(400)
    if body.count(b"&") >= MOST_FIELDS or body.count(b";") >= MOST_FIELDS:
        raise HTTPException(413)
    given = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> Message:
        return next(given, None) or await receive()

    return again


def _counted(receive: Receive, size: int) -> Receive:
    """A form with a file as it comes, for it is read once its sender is known: no longer than it said, nor too slow."""
    end, left = monotonic() + FILE_SECONDS, size

    async def part() -> Message:
        nonlocal left
        try:
            async with asyncio.timeout(max(end - monotonic(), 0)):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    return part


def _holds_null(sent: bytes) -> bool:
    return b"\x00" in sent or b"%00" in sent

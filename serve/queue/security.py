"""What every answer tells the browser: nothing from elsewhere, no inline script or style, nothing kept."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES: Final = 262_144
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


class SafeHeaders:
    """Sets the headers, and refuses forms of unknown or great size before they are read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                kept = "max-age=3600" if scope["path"].startswith("/static/") else "no-store"
                headers["Cache-Control"] = kept
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        if scope["method"] not in {"GET", "HEAD"} and not _fits(Headers(scope=scope)):
            await PlainTextResponse("The form is too long.", 413)(scope, receive, dressed)
        else:
            await self._app(scope, receive, dressed)


def _fits(headers: Headers) -> bool:
    size = headers.get("content-length", "0" if "transfer-encoding" not in headers else "")
    return size.isascii() and size.isdigit() and int(size) <= MOST_BYTES

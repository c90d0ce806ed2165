"""The server around both applications: sockets, limits of every connection, TLS, trusted proxies, logs."""

import json
import logging
import resource
from asyncio import TimerHandle, Transport
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from originrisk.data.settings import QueueSettings, ServiceSettings

GRACE: Final = 30
"""Seconds in which a worker that was told to stop finishes what it took."""
START: Final = 60
"""Seconds in which a worker must answer its parent; while it imports, on a busy machine, it cannot."""
HEADER_SECONDS: Final = 10.0
IDLE_SECONDS: Final = 30
REQUEST_SECONDS: Final = 300.0
"""Time for the headers of a request to arrive, between two requests, and for an answer to be taken."""
MOST_HEADER_BYTES: Final = 32_768
MOST_HEADERS: Final = 100
MOST_CONNECTIONS: Final = 800
"""Of one process; above it the connection that has waited longest without a request makes room."""
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2; 1.3 has its own, and older versions are not spoken."""
_REFUSAL: Final = (
    "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n"
    "content-security-policy: default-src 'none'\r\ncache-control: no-store\r\nconnection: close\r\n"
    "content-length: {}\r\n\r\n{}"
)


class LimitedProtocol(HttpToolsProtocol):
    """A connection that is dropped where its next step takes too long, or its headers are too many."""

    _waiting: ClassVar[dict["LimitedProtocol", None]] = {}
    _timer: TimerHandle | None = None
    _raw_bytes = _header_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for a first request."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS and self._waiting:
            next(iter(self._waiting))._drop()
        self._wait(HEADER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more is waited for."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; headers that do not end are refused."""
        super().data_received(data)
        if self in self._waiting:
            self._raw_bytes += len(data)
            if self._raw_bytes > MOST_HEADER_BYTES:
                self.send_400_response("The headers are too long.")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._wait(HEADER_SECONDS)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; raises ValueError, which the parser turns into a refusal, where they are too many."""
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > MOST_HEADER_BYTES or len(self.headers) > MOST_HEADERS:
            raise ValueError("the headers are too long")

    def on_headers_complete(self) -> None:
        """The application takes over."""
        self._stop()
        super().on_headers_complete()
        self._timer = self.loop.call_later(REQUEST_SECONDS, self._drop)

    def on_response_complete(self) -> None:
        """Wait for the next request, unless one is in the pipeline."""
        super().on_response_complete()
        if self.cycle is None or self.cycle.response_complete:
            self._wait(IDLE_SECONDS)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request."""
        self.transport.write(_REFUSAL.format(len(msg), msg).encode())
        self.transport.close()

    def _wait(self, seconds: float) -> None:
        self._stop()
        self._raw_bytes = self._header_bytes = 0
        self._waiting[self] = None
        self._timer = self.loop.call_later(seconds, self._drop)

    def _stop(self) -> None:
        self._waiting.pop(self, None)
        if self._timer:
            self._timer.cancel()

    def _drop(self) -> None:
        self._stop()
        self.transport.abort()


class HeadAsGet:
    """ASGI middleware: HEAD is answered as GET, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            return await self._app(scope, receive, send)

        async def bare(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        return await self._app({**scope, "method": "GET"}, receive, bare)


class Plain(logging.Formatter):
    """A line of JSON for each record: the event and its facts, which never hold what was sent."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = getattr(record, "facts", {})
        return json.dumps({"at": at, "level": record.levelname, "event": record.getMessage(), **facts})


def serve(
    app: Any, own: QueueSettings | ServiceSettings, tls_key: Path | None, tls_certificate: Path | None, **more: Any
) -> None:
    """Serve an application until told to stop; `more` goes to uvicorn."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * MOST_CONNECTIONS
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))
    logging_to_stderr = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"()": "originrisk.serve.server.Plain"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "loggers": {
            name: {"handlers": ["stderr"], "level": "INFO", "propagate": False} for name in ("uvicorn", "originrisk")
        },
    }
    uvicorn.run(
        app,
        host=own.host,
        port=own.port,
        http=LimitedProtocol,
        ws="none",
        access_log=False,
        log_config=logging_to_stderr,
        proxy_headers=bool(own.proxies),
        forwarded_allow_ips=list(own.proxies),
        server_header=False,
        backlog=256,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE,
        ssl_keyfile=tls_key,
        ssl_certfile=tls_certificate,
        ssl_ciphers=CIPHERS,
        **more,
    )

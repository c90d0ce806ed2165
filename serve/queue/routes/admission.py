"""The door of every route: who asks, whether the table lets them, whether the form is ours; and the audit of it."""

import hmac
from dataclasses import dataclass
from typing import Any, Final

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool

from originrisk.serve.queue.access import ACTIONS, LOOPBACK, Visitor, local_only
from originrisk.serve.queue.context import app_context
from originrisk.serve.queue.db import accounts

COOKIE: Final = "originrisk"
CSRF: Final = "csrf"
CSRF_HEADER: Final = "x-csrf-token"
_SAFE: Final = frozenset({"GET", "HEAD"})
_MOST_NOTED: Final = 2000


class SignedOutError(Exception):
    """Nobody is logged in, or the session has ended."""


@dataclass(frozen=True, slots=True)
class May:
    """A dependency of a route: gives the visitor who may do `action`, after the audit has taken it down."""

    action: str

    async def __call__(self, request: Request) -> Visitor:
        """Raises SignedOutError without a session, HTTPException (403) for another role or a foreign form."""
        if request.headers.get("content-type", "").startswith("multipart/"):
            await run_in_threadpool(self._known, request)  # a file is read of nobody who is not logged in
        sent = "" if request.method in _SAFE else await _sent_token(request)
        try:
            return await run_in_threadpool(self._admit, request, sent)
        except (SignedOutError, HTTPException):
            await request.close()  # of a file that came along
            raise

    def _known(self, request: Request) -> None:
        context, token = app_context(request), request.cookies.get(cookie_name(request), "")
        with context.unit_of_work() as unit:
            visitor = accounts.session_visitor(unit.connection, token, unit.at, context.settings)
        if visitor is None:
            raise SignedOutError

    def _admit(self, request: Request, sent: str) -> Visitor:
        context = app_context(request)
        with context.unit_of_work() as unit:
            token = request.cookies.get(cookie_name(request), "")
            visitor = accounts.session_visitor(unit.connection, token, unit.at, context.settings)
            if visitor:
                refused = self._refusal(request, visitor, sent)
                facts: dict[str, Any] = {"method": request.method, "query": request.url.query[:_MOST_NOTED]}
                action = f"refused: {refused}" if refused else self.action
                unit.record(visitor.name, action, request.url.path[:_MOST_NOTED], **facts)
        if visitor is None:
            raise SignedOutError
        request.state.visitor = visitor
        if refused:
            raise HTTPException(403, refused)
        return visitor

    def _refusal(self, request: Request, visitor: Visitor, sent: str) -> str:
        if not visitor.may(self.action):
            return "role"
        genuine = request.method in _SAFE or hmac.compare_digest(sent.encode(), visitor.csrf.encode())
        return "" if genuine else "foreign form"


def may(action: str) -> May:
    """The dependency for an action of the table. Raises KeyError for another word."""
    if action not in ACTIONS:
        raise KeyError(action)
    return May(action)


def is_loopback(request: Request) -> bool:
    """Whether the browser runs on this machine and needs no TLS; what a proxy's `Host` says is no proof of it."""
    return request.url.hostname in LOOPBACK and local_only(app_context(request).settings)


def cookie_name(request: Request) -> str:
    """Name of the session's cookie; the prefix makes browsers insist on TLS, this host and no other path."""
    return COOKIE if is_loopback(request) else f"__Host-{COOKIE}"


async def _sent_token(request: Request) -> str:
    if CSRF_HEADER in request.headers:
        return request.headers[CSRF_HEADER]
    sent = (await request.form()).get(CSRF, "")
    return sent if isinstance(sent, str) else ""

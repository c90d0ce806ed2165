"""Log-in and log-out."""

import hmac
import logging
import secrets
from asyncio import Semaphore
from collections.abc import Callable
from time import monotonic
from typing import Annotated, Final, TypeVar
from urllib.parse import quote

from cachetools import TTLCache
from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from originrisk.serve.queue import access
from originrisk.serve.queue.access import NAVIGATION, Visitor
from originrisk.serve.queue.context import AppContext, Context
from originrisk.serve.queue.db import accounts
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.routes.admission import cookie_name, is_loopback, may

router = APIRouter()
log = logging.getLogger("originrisk.queue")

T = TypeVar("T")
AT_ONCE: Final = 2
MOST_WAITING: Final = 16


@router.get("/login")
def form(request: Request, next: str = "/") -> Response:
    """The form."""
    return _form(request, next, "")


class LogInThrottle:
    """What log-ins may cost: an address and a name have so many tries a minute; passwords are checked AT_ONCE, for
    each takes 64 MiB and a core for a while, and few wait for their turn."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._tries: TTLCache[tuple[str, int], int] = TTLCache(10_000, 60)
        self._turn, self._waiting = Semaphore(AT_ONCE), 0

    def spent(self, *callers: str) -> bool:
        """Count a try of each caller; whether one of them has had all of this minute's."""
        keys = [(caller, int(monotonic() / 60)) for caller in callers]
        for key in keys:
            self._tries[key] = self._tries.get(key, 0) + 1
        return any(self._tries.get(key, 0) > self._most for key in keys)

    async def run(self, work: Callable[[], T]) -> T:
        """Do what checks a password, in a thread, in turn. Raises HTTPException (429) where too many wait."""
        if self._waiting >= MOST_WAITING:
            raise HTTPException(429)
        self._waiting += 1
        try:
            async with self._turn:
                return await run_in_threadpool(work)
        finally:
            self._waiting -= 1


@router.post("/login")
async def log_in(
    request: Request,
    context: Context,
    *,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Begin a session, in place of the one that this browser had."""
    form_cookie = _form_cookie(request)
    expected = request.cookies.get(form_cookie, "")
    if not expected or not hmac.compare_digest(csrf.encode(), expected.encode()):
        return _form(request, next, "The form had grown old. Please log in again.")
    limits: LogInThrottle = request.app.state.log_ins
    name, address = name.strip().lower(), request.client.host if request.client else ""
    if limits.spent(f"from {address}", f"as {name}"):
        log.warning("log-ins refused", extra={"facts": {"address": address}})
        raise HTTPException(429)
    old = request.cookies.get(cookie_name(request), "")
    token = await limits.run(lambda: _session(context, name, password, old))
    if token is None:
        return _form(request, next, "Name and password do not fit, or the account is locked out for a while.")
    answer = RedirectResponse(own_address(next), 303)
    _set_cookie(request, answer, cookie_name(request), token)
    answer.delete_cookie(form_cookie, secure=not is_loopback(request))
    return answer


@router.post("/logout")
def log_out(
    request: Request, context: Context, _: Annotated[Visitor, Depends(may("end_session"))]
) -> Response:
    """End the session."""
    with context.unit_of_work() as unit:
        accounts.end_session(unit.connection, request.cookies[cookie_name(request)])
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(cookie_name(request), secure=not is_loopback(request))
    return answer


@router.get("/")
def first(visitor: Annotated[Visitor, Depends(may("enter"))]) -> Response:
    """The first page that the visitor may open."""
    for action, address, _ in NAVIGATION:
        if visitor.may(action):
            return RedirectResponse(address, 303)
    raise HTTPException(403, "role")


def own_address(given: str) -> str:
    """An address within the queue, or its first page: nobody is sent elsewhere after a log-in."""
    plain = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable()
    return quote(given, safe="/?&=%+-_.~:,;@") if plain else "/"


def _session(context: AppContext, name: str, password: str, old: str) -> str | None:
    with context.database.reading() as connection:
        found = accounts.find(connection, name)
    right = accounts.right(found, password)
    with context.unit_of_work() as unit:
        own, demonstrated = context.settings.queue, access.demo_allowed(context.settings)
        account, why = accounts.admit(
            unit.connection, name, right=right, demo=demonstrated, at=unit.at, settings=own
        )
        if account is None:
            # what was typed as a name may be a password
            unit.record(name if found else "unknown", "failed log-in", "/login", why=why)
            return None
        unit.record(name, "log-in", "/login")
        accounts.end_session(unit.connection, old)
        return accounts.begin_session(unit.connection, account, unit.at, own)


def _form(request: Request, next: str, said: str) -> Response:
    token = request.cookies.get(_form_cookie(request)) or secrets.token_urlsafe(32)
    status = 401 if said else 200
    answer = page(request, "login.html", status, csrf=token, next=own_address(next), said=said)
    _set_cookie(request, answer, _form_cookie(request), token)
    return answer


def _form_cookie(request: Request) -> str:
    return f"{cookie_name(request)}-log-in"


def _set_cookie(request: Request, answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, httponly=True, samesite="lax", secure=not is_loopback(request))

"""Log-in and log-out."""

import hmac
import secrets
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from originrisk.serve.queue import access
from originrisk.serve.queue.access import NAVIGATION, Visitor
from originrisk.serve.queue.context import AppContext, Context
from originrisk.serve.queue.db import accounts
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.routes.admission import COOKIE, cookie_name, is_loopback, may

router = APIRouter()
_FORM_COOKIE: Final = f"{COOKIE}-log-in"


@router.get("/login")
def form(request: Request, next: str = "/") -> Response:
    """The form."""
    return _form(request, next, "")


@router.post("/login")
def log_in(
    request: Request,
    context: Context,
    *,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Begin a session."""
    expected = request.cookies.get(_FORM_COOKIE, "")
    if not expected or not hmac.compare_digest(csrf.encode(), expected.encode()):
        return _form(request, next, "The form had grown old. Please log in again.")
    token = _session(context, name.strip().lower(), password)
    if token is None:
        return _form(request, next, "Name and password do not fit, or the account is locked out for a while.")
    answer = RedirectResponse(own_address(next), 303)
    _set_cookie(request, answer, cookie_name(request), token)
    answer.delete_cookie(_FORM_COOKIE)
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


def _session(context: AppContext, name: str, password: str) -> str | None:
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
        return accounts.begin_session(unit.connection, account, unit.at, own)


def _form(request: Request, next: str, said: str) -> Response:
    token = request.cookies.get(_FORM_COOKIE) or secrets.token_urlsafe(32)
    status = 401 if said else 200
    answer = page(request, "login.html", status, csrf=token, next=own_address(next), said=said)
    _set_cookie(request, answer, _FORM_COOKIE, token)
    return answer


def _set_cookie(request: Request, answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, httponly=True, samesite="lax", secure=not is_loopback(request))

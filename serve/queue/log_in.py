"""Log-in and log-out."""

import hmac
import secrets
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from originrisk.serve.queue import accounts, demo, sessions
from originrisk.serve.queue.access import NAVIGATION, Visitor
from originrisk.serve.queue.admission import COOKIE, cookie_name, is_loopback, may
from originrisk.serve.queue.desk import AtDesk, Desk
from originrisk.serve.queue.rendering import page

router = APIRouter()
_FORM_COOKIE: Final = f"{COOKIE}-log-in"


@router.get("/login")
def form(request: Request, next: str = "/") -> Response:
    """The form."""
    return _form(request, next, "")


@router.post("/login")
def log_in(
    request: Request,
    at: AtDesk,
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
    token = _session(at, name.strip().lower(), password)
    if token is None:
        return _form(request, next, "Name and password do not fit, or the account is locked out for a while.")
    answer = RedirectResponse(own_address(next), 303)
    _set_cookie(request, answer, cookie_name(request), token)
    answer.delete_cookie(_FORM_COOKIE)
    return answer


@router.post("/logout")
def log_out(request: Request, at: AtDesk, _: Annotated[Visitor, Depends(may("end_session"))]) -> Response:
    """End the session."""
    with at.acting() as act:
        sessions.end(act.connection, request.cookies[cookie_name(request)])
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


def _session(at: Desk, name: str, password: str) -> str | None:
    with at.database.reading() as connection:
        found = accounts.find(connection, name)
    right = accounts.right(found, password)
    with at.acting() as act:
        own, demonstrated = at.settings.queue, demo.allowed(at.settings)
        account, why = accounts.admit(
            act.connection, name, right=right, demo=demonstrated, at=act.at, settings=own
        )
        if account is None:
            # what was typed as a name may be a password
            act.tell(name if found else "unknown", "failed log-in", "/login", why=why)
            return None
        act.tell(name, "log-in", "/login")
        return sessions.begin(act.connection, account, act.at, own)


def _form(request: Request, next: str, said: str) -> Response:
    token = request.cookies.get(_FORM_COOKIE) or secrets.token_urlsafe(32)
    status = 401 if said else 200
    answer = page(request, "login.html", status, csrf=token, next=own_address(next), said=said)
    _set_cookie(request, answer, _FORM_COOKIE, token)
    return answer


def _set_cookie(request: Request, answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, httponly=True, samesite="lax", secure=not is_loopback(request))

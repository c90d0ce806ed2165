"""Log-in, by password or through an identity provider, and log-out."""

import hashlib
import hmac
import logging
import secrets
from asyncio import Semaphore
from collections.abc import Callable
from time import monotonic
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import quote

import jwt
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from cachetools import TTLCache
from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from originrisk.data.settings import QueueSettings
from originrisk.serve.queue import access
from originrisk.serve.queue.access import NAVIGATION, Visitor
from originrisk.serve.queue.context import AppContext, Context, app_context
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
    expected = request.cookies.get(_form_cookie(request), "")
    if not expected or not hmac.compare_digest(csrf.encode(), expected.encode()):
        return _form(request, next, "The form had grown old. Please log in again.")
    limits: LogInThrottle = request.app.state.log_ins
    name, address = name.strip().lower(), request.client.host if request.client else ""
    if limits.spent(f"from {address}", f"as {name}"):
        log.warning("log-ins refused", extra={"facts": {"address": address}})
        raise HTTPException(429)
    old = request.cookies.get(cookie_name(request), "")

    def checked() -> str | None:
        with context.database.reading() as connection:
            found = accounts.find(connection, name)
        right = accounts.right(found, password)
        return _session(context, name, old, known=found is not None, right=right)

    session = await limits.run(checked)
    if session is None:
        return _form(request, next, "Name and password do not fit, or the account is locked out for a while.")
    return _begun(request, next, session)


@router.get("/login/provider")
async def ask_provider(request: Request, context: Context, next: str = "/") -> Response:
    """Send the browser to the identity provider."""
    token = request.cookies.get(_form_cookie(request)) or secrets.token_urlsafe(32)
    own, back = context.settings.queue, str(request.url_for("back_from_provider"))
    try:
        address = await _in_turn(request, lambda: Provider(own, back).address(token, own_address(next)))
    except PROVIDER_FAULTS as error:
        return _not_provided(request, error)
    answer = RedirectResponse(address, 303)
    _set_cookie(request, answer, _form_cookie(request), token)
    return answer


@router.get("/login/provider/back")
async def back_from_provider(request: Request, context: Context, state: str = "", code: str = "") -> Response:
    """Begin a session of the account that the provider names; it must be one of those kept here."""
    token, next = request.cookies.get(_form_cookie(request), ""), own_address(state.partition(" ")[2])
    if not token or not hmac.compare_digest(state.encode(), _state(token, next).encode()):
        return _form(request, next, "The form had grown old. Please log in again.")
    own, back = context.settings.queue, str(request.url.replace(query=""))
    old = request.cookies.get(cookie_name(request), "")

    def checked() -> tuple[str, str | None]:
        name = Provider(own, back).name(token, code)
        with context.database.reading() as connection:
            found = accounts.find(connection, name)
        return name, _session(context, name, old, known=found is not None, right=True)

    try:
        name, session = await _in_turn(request, checked)
    except PROVIDER_FAULTS as error:
        return _not_provided(request, error)
    if session is None:
        return _form(request, next, f"The provider knows you as {name}: no account of that name is open here.")
    return _begun(request, next, session)


async def _in_turn(request: Request, work: Callable[[], T]) -> T:
    """Ask the provider beside the other work of the server: while it hangs, nobody else waits."""
    limits: LogInThrottle = request.app.state.providers
    if limits.spent(f"from {request.client.host if request.client else ''}"):
        raise HTTPException(429)
    return await limits.run(work)


def _not_provided(request: Request, error: Exception) -> Response:
    facts = {"kind": type(error).__name__, "error": str(getattr(error, "error", ""))[:100]}
    log.warning("not logged in by the provider", extra={"facts": facts})
    return _form(request, "/", "The identity provider did not say who you are. Please try again.")


PROVIDER_FAULTS: Final = (OSError, ValueError, LookupError, AuthlibBaseError, jwt.PyJWTError)
"""What may go wrong with a provider that fails, is not there, or says what cannot be believed."""
PATIENCE: Final = 5.0
"""Seconds for which a provider is waited for."""


class Provider:
    """An OpenID Connect provider: authorization code with PKCE (RFC 7636), state and nonce, all three drawn from the
    random `token` that only the browser which began the log-in holds."""

    def __init__(self, settings: QueueSettings, back: str) -> None:
        self._settings = settings
        secret = settings.oidc_client_secret.get_secret_value()
        own = {"code_challenge_method": "S256", "redirect_uri": back, "scope": "openid profile email"}
        self._session = OAuth2Session(settings.oidc_client_id, secret, default_timeout=PATIENCE, **own)
        self._known = self._read(f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration")

    def address(self, token: str, next: str) -> str:
        """Where the browser is to go."""
        given = {"state": _state(token, next), "nonce": _drawn(token, "nonce")}
        found: str = self._session.create_authorization_url(
            self._known["authorization_endpoint"], code_verifier=_drawn(token, "verifier"), **given
        )[0]
        return found

    def name(self, token: str, code: str) -> str:
        """Name of the account that a code stands for. Raises one of PROVIDER_FAULTS."""
        given = self._session.fetch_token(
            self._known["token_endpoint"], code=code, code_verifier=_drawn(token, "verifier")
        )
        keys, named = self._read(self._known["jwks_uri"]), jwt.get_unverified_header(given["id_token"])
        fitting = [one for one in jwt.PyJWKSet.from_dict(keys).keys if named.get("kid") in (None, one.key_id)]
        claims = jwt.decode(
            given["id_token"],
            fitting[0],
            algorithms=["RS256", "PS256", "ES256"],
            audience=self._settings.oidc_client_id,
            issuer=self._settings.oidc_issuer,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
        if claims.get("nonce") != _drawn(token, "nonce"):
            raise ValueError("nonce")
        if self._settings.oidc_name == "email" and claims.get("email_verified") is not True:
            raise ValueError("email not verified")
        return str(claims[self._settings.oidc_name]).lower()

    def _read(self, address: str) -> dict[str, Any]:
        answer = self._session.get(address, withhold_token=True)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


def _drawn(token: str, use: str) -> str:
    return hashlib.sha256(f"{use} {token}".encode()).hexdigest()


def _state(token: str, next: str) -> str:
    return f"{_drawn(token, f'state {next}')} {next}"


@router.post("/logout")
def log_out(request: Request, context: Context, _: Annotated[Visitor, Depends(may("end_session"))]) -> Response:
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


def _session(context: AppContext, name: str, old: str, *, known: bool, right: bool) -> str | None:
    """Token of a new session in place of the `old` one; None, and a row of the audit, where the account stays shut."""
    with context.unit_of_work() as unit:
        own, demonstrated = context.settings.queue, access.demo_allowed(context.settings)
        account, why = accounts.admit(unit.connection, name, right=right, demo=demonstrated, at=unit.at, settings=own)
        if account is None:
            # what was typed as a name may be a password
            unit.record(name if known else "unknown", "failed log-in", "/login", why=why)
            return None
        unit.record(name, "log-in", "/login")
        accounts.end_session(unit.connection, old)
        return accounts.begin_session(unit.connection, account, unit.at, own)


def _begun(request: Request, next: str, session: str) -> Response:
    answer = RedirectResponse(own_address(next), 303)
    _set_cookie(request, answer, cookie_name(request), session)
    answer.delete_cookie(_form_cookie(request), secure=not is_loopback(request))
    return answer


def _form(request: Request, next: str, said: str) -> Response:
    token = request.cookies.get(_form_cookie(request)) or secrets.token_urlsafe(32)
    status = 401 if said else 200
    provider = bool(app_context(request).settings.queue.oidc_issuer)
    answer = page(request, "login.html", status, csrf=token, next=own_address(next), said=said, provider=provider)
    _set_cookie(request, answer, _form_cookie(request), token)
    return answer


def _form_cookie(request: Request) -> str:
    return f"{cookie_name(request)}-log-in"


def _set_cookie(request: Request, answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, httponly=True, samesite="lax", secure=not is_loopback(request))

"""Accounts: everybody's own (password, sessions), and for administrators all, their roles, who is kept out."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from originrisk.data.errors import Problem, UsageError
from originrisk.serve.queue.access import ROLES, Visitor
from originrisk.serve.queue.context import AppContext, Context
from originrisk.serve.queue.db import accounts
from originrisk.serve.queue.db.tables import ACCOUNTS
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.routes.admission import cookie_name, may
from originrisk.serve.queue.routes.log_in import LogInThrottle

router = APIRouter()

Administrator = Annotated[Visitor, Depends(may("manage_accounts"))]


@router.get("/accounts")
def everyone(request: Request, context: Context, _: Administrator) -> Response:
    """All accounts."""
    with context.database.reading() as connection:
        found = accounts.everyone(connection)
    return page(request, "accounts.html", accounts=found, roles=ROLES, now=context.now())


@router.post("/accounts")
async def create(
    request: Request,
    context: Context,
    visitor: Administrator,
    *,
    name: Annotated[str, Form(max_length=100)],
    role: Annotated[str, Form()],
    password: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Make an account, with a password that its owner changes."""

    def make() -> None:
        with context.unit_of_work() as unit:
            accounts.create(unit.connection, name.strip(), role, password, unit.at)
            unit.record(visitor.name, "create account", name.strip(), [(ACCOUNTS, name.strip())], role=role)

    limits: LogInThrottle = request.app.state.log_ins
    await limits.run(make)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{name}/password")
async def password(
    request: Request,
    context: Context,
    name: str,
    visitor: Administrator,
    password: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Give an account another password; its sessions end."""
    if name == visitor.name:
        raise UsageError(Problem("account", "your own password on /account", "one's own"))

    def give() -> None:
        with context.unit_of_work() as unit:
            accounts.set_password(unit.connection, name, password)
            unit.record(visitor.name, "password", name, [(ACCOUNTS, name)])

    limits: LogInThrottle = request.app.state.log_ins
    await limits.run(give)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{name}/role")
def role(context: Context, name: str, visitor: Administrator, role: Annotated[str, Form()]) -> Response:
    """Give an account another role."""
    return _change(context, visitor, name, f"role {role}", role=role)


@router.post("/accounts/{name}/lock")
def lock(context: Context, name: str, visitor: Administrator, locked: Annotated[bool, Form()]) -> Response:
    """Keep an account out, or let it in again."""
    done = "lock account" if locked else "unlock account"
    return _change(context, visitor, name, done, locked=locked, failures=0, locked_until=None)


def _change(context: AppContext, visitor: Visitor, name: str, done: str, **values: Any) -> Response:
    if name == visitor.name:
        raise UsageError(Problem("account", "another administrator for one's own account", "one's own"))
    with context.unit_of_work() as unit:
        accounts.change(unit.connection, name, **values)
        unit.record(visitor.name, done, name, [(ACCOUNTS, name)])
    return RedirectResponse("/accounts", 303)


Oneself = Annotated[Visitor, Depends(may("keep_own_account"))]


@router.get("/account")
def own(request: Request, context: Context, visitor: Oneself) -> Response:
    """The visitor's own account."""
    return _own(request, context, visitor)


@router.post("/account/password")
async def own_password(
    request: Request,
    context: Context,
    visitor: Oneself,
    *,
    current: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "",
    again: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Change one's own password; all sessions of the account end. Wrong current ones count as at the log-in."""
    limits: LogInThrottle = request.app.state.log_ins
    if limits.spent(f"as {visitor.name}"):
        raise HTTPException(429)
    problems = [] if new == again else [Problem("new password", "the same twice", "two different ones")]

    def change() -> list[Problem]:
        with context.database.reading() as connection:
            right = accounts.right(accounts.find(connection, visitor.name), current)
        with context.unit_of_work() as unit:
            account, why = accounts.admit(
                unit.connection, visitor.name, right=right, demo=True, at=unit.at, settings=context.settings.queue
            )
            if account is None:
                unit.record(visitor.name, "own password refused", "/account", why=why)
                return [
                    Problem("current password", "your current password", "another, or an account that is locked out")
                ]
            try:
                accounts.set_password(unit.connection, visitor.name, new)
            except UsageError as error:
                return list(error.problems)
            unit.record(visitor.name, "own password", "/account", [(ACCOUNTS, visitor.name)])
        return []

    if problems := problems or await limits.run(change):
        return _own(request, context, visitor, problems)
    return RedirectResponse("/login", 303)


@router.post("/account/sessions/ended")
def end_others(request: Request, context: Context, visitor: Oneself) -> Response:
    """End all sessions of one's own but this."""
    with context.unit_of_work() as unit:
        accounts.end_sessions(unit.connection, visitor.account, request.cookies[cookie_name(request)])
        unit.record(visitor.name, "other sessions ended", "/account")
    return RedirectResponse("/account", 303)


def _own(request: Request, context: AppContext, visitor: Visitor, problems: Sequence[Problem] = ()) -> Response:
    this = accounts.digest(request.cookies[cookie_name(request)])
    with context.database.reading() as connection:
        sessions = accounts.sessions_of(connection, visitor.account)
    status = 422 if problems else 200
    return page(request, "account.html", status, sessions=sessions, this=this, problems=problems)

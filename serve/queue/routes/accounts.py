"""Routes of administrators: the accounts, their roles, who is kept out. Accounts are made by command."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from originrisk.data.errors import Problem, UsageError
from originrisk.serve.queue.access import ROLES, Visitor
from originrisk.serve.queue.context import AppContext, Context
from originrisk.serve.queue.db import accounts
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.routes.admission import may

router = APIRouter()

Administrator = Annotated[Visitor, Depends(may("manage_accounts"))]


@router.get("/accounts")
def everyone(request: Request, context: Context, _: Administrator) -> Response:
    """All accounts."""
    with context.database.reading() as connection:
        found = accounts.everyone(connection)
    return page(request, "accounts.html", accounts=found, roles=ROLES, now=context.now())


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
        unit.record(visitor.name, done, name)
    return RedirectResponse("/accounts", 303)

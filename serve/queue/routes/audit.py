"""Routes of auditors: the audit, newest first, and whether it is whole."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, RowMapping, select

from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.context import Context
from originrisk.serve.queue.db.audit import verify
from originrisk.serve.queue.db.tables import ACCOUNTS, AUDIT
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.routes.admission import may

router = APIRouter()

SHOWN: Final = 100
"""Rows on a page."""

Auditor = Annotated[Visitor, Depends(may("read_audit"))]


class Wanted(BaseModel):
    """Which rows: of an account, with an action or an address that begins so, before a row number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str = Field("", max_length=100)
    action: str = Field("", max_length=40)
    subject: str = Field("", max_length=200)
    before: int | None = Field(None, ge=1, lt=2**31)


@router.get("/audit")
def read(request: Request, context: Context, _: Auditor, wanted: Annotated[Wanted, Query()]) -> Response:
    """Rows of the audit."""
    with context.database.reading() as connection:
        found = rows(connection, wanted)
        names = list(connection.execute(select(ACCOUNTS.c.name).order_by(ACCOUNTS.c.name)).scalars())
    older = found[-1]["number"] if len(found) == SHOWN else None
    return page(request, "audit.html", rows=found, wanted=wanted, accounts=names, older=older)


@router.get("/audit/verification")
def verification(request: Request, context: Context, _: Auditor) -> Response:
    """What `originrisk audit verify` says."""
    return page(request, "verification.html", found=verify(context.database, context.settings.home))


def rows(connection: Connection, wanted: Wanted) -> Sequence[RowMapping]:
    """The rows asked for, newest first."""
    query = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(SHOWN)
    if wanted.account:
        query = query.where(AUDIT.c.account == wanted.account)
    for column, begins in ((AUDIT.c.action, wanted.action), (AUDIT.c.subject, wanted.subject)):
        if begins:
            query = query.where(column.startswith(begins, autoescape=True))
    if wanted.before:
        query = query.where(AUDIT.c.number < wanted.before)
    return connection.execute(query).mappings().all()

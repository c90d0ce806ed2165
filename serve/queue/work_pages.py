"""Routes of an officer's own order: lines taken, views kept."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from starlette.responses import RedirectResponse, Response

from originrisk.serve.queue import assignments, findings, views
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.admission import may
from originrisk.serve.queue.desk import AtDesk
from originrisk.serve.queue.finding import address
from originrisk.serve.queue.finding_pages import Entry, LineNumber
from originrisk.serve.queue.log_in import own_address

router = APIRouter()

Keeper = Annotated[Visitor, Depends(may("keep_view"))]


@router.post("/lines/{entry}/{line}/assignment")
def assign(
    at: AtDesk,
    entry: Entry,
    line: LineNumber,
    visitor: Annotated[Visitor, Depends(may("assign"))],
    *,
    officer: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Give the line to an officer, or to nobody."""
    of = findings.line(at.store, entry, line)
    with at.acting() as act:
        assignments.assign(act, visitor, of, officer or None)
    return RedirectResponse(own_address(next or f"{address((entry, line))}/findings"), 303)


@router.post("/views")
def save_view(
    at: AtDesk,
    visitor: Keeper,
    *,
    name: Annotated[str, Form()],
    query: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/queue",
) -> Response:
    """Keep the filters of the queue's page under a name."""
    with at.acting() as act:
        views.save(act.connection, visitor, name.strip(), query)
    return RedirectResponse(own_address(next), 303)


@router.post("/views/{id}/forgotten")
def forget_view(
    at: AtDesk,
    visitor: Keeper,
    id: Annotated[int, Path(ge=1, lt=2**31)],
    next: Annotated[str, Form()] = "/queue",
) -> Response:
    """Remove a view."""
    with at.acting() as act:
        views.forget(act.connection, visitor, id)
    return RedirectResponse(own_address(next), 303)

"""The queue's page: a day's lines by place, filtered and grouped, with what officers made of them; saved views."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response
from starlette.responses import RedirectResponse

from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.context import Context
from originrisk.serve.queue.db import findings, work
from originrisk.serve.queue.db.finding import DECISIONS, address
from originrisk.serve.queue.db.work import OfficerWork
from originrisk.serve.queue.evidence.queue_query import QueueQuery, shown
from originrisk.serve.queue.evidence.reading import CurrentReading
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.routes.admission import may
from originrisk.serve.queue.routes.export import MOST_ROWS
from originrisk.serve.queue.routes.findings import Entry, LineNumber
from originrisk.serve.queue.routes.log_in import own_address

router = APIRouter()


@router.get("/queue")
def queue(
    request: Request,
    context: Context,
    reading: CurrentReading,
    visitor: Annotated[Visitor, Depends(may("read_queue"))],
    asked: Annotated[QueueQuery, Query()],
) -> Response:
    """The page of the lines that were asked for."""
    of = asked.day or reading.shown
    if of is None:
        return page(request, "queue_empty.html")
    with context.database.reading() as connection:
        done, kept = OfficerWork.of(connection, of, visitor), work.views_of(connection, visitor)
    found = shown(context.settings.home, reading.day(of), asked, done)
    facts: dict[str, Any] = {
        "asked": asked,
        "shown": found,
        "views": kept,
        "most_rows": MOST_ROWS,
        "decisions": DECISIONS,
    }
    return page(request, "queue.html", **facts)


Keeper = Annotated[Visitor, Depends(may("keep_view"))]


@router.post("/lines/{entry}/{line}/assignment")
def assign(
    context: Context,
    entry: Entry,
    line: LineNumber,
    visitor: Annotated[Visitor, Depends(may("assign"))],
    *,
    officer: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Give the line to an officer, or to nobody."""
    of = findings.line(context.store, entry, line)
    with context.unit_of_work() as unit:
        work.assign(unit, visitor, of, officer or None)
    return RedirectResponse(own_address(next or f"{address((entry, line))}/findings"), 303)


@router.post("/views")
def save_view(
    context: Context,
    visitor: Keeper,
    *,
    name: Annotated[str, Form()],
    query: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/queue",
) -> Response:
    """Keep the filters of the queue's page under a name."""
    with context.unit_of_work() as unit:
        work.save_view(unit.connection, visitor, name.strip(), query)
    return RedirectResponse(own_address(next), 303)


@router.post("/views/{id}/forgotten")
def forget_view(
    context: Context,
    visitor: Keeper,
    id: Annotated[int, Path(ge=1, lt=2**31)],
    next: Annotated[str, Form()] = "/queue",
) -> Response:
    """Remove a view."""
    with context.unit_of_work() as unit:
        work.forget_view(unit.connection, visitor, id)
    return RedirectResponse(own_address(next), 303)

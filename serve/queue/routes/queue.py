"""The queue's page: a day's lines by place, filtered and grouped, with what officers made of them; saved views."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Query, Request, Response
from starlette.responses import RedirectResponse

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.context import Context
from originrisk.serve.queue.db import findings, work
from originrisk.serve.queue.db.finding import DECISIONS, Draft, Key, Line, address, problems
from originrisk.serve.queue.db.findings import OvertakenError
from originrisk.serve.queue.db.work import OfficerWork
from originrisk.serve.queue.evidence import queue_query
from originrisk.serve.queue.evidence.queue_query import QueueQuery
from originrisk.serve.queue.evidence.reading import CurrentReading
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.routes.admission import may
from originrisk.serve.queue.routes.export import MOST_ROWS
from originrisk.serve.queue.routes.findings import Entry, LineNumber
from originrisk.serve.queue.routes.log_in import own_address

router = APIRouter()

BULK: Final = ("examine", "request_documents", "release")
"""Decisions that many lines take at once."""


@router.get("/queue")
def queue(
    request: Request,
    context: Context,
    reading: CurrentReading,
    visitor: Annotated[Visitor, Depends(may("read_queue"))],
    asked: Annotated[QueueQuery, Query()],
) -> Response:
    """The page of the lines that were asked for."""
    of, now = asked.day or reading.shown, context.now()
    if of is None:
        return page(request, "queue_empty.html")
    with context.database.reading() as connection:
        done = OfficerWork.of(connection, of, visitor)
        facts: dict[str, Any] = {
            "views": work.views_of(connection, visitor),
            "undoable": work.just_written(connection, visitor, now),
            "since": work.since_last_look(connection, visitor, now),
            "officers": work.officers(connection) if visitor.role == "supervisor" else [],
        }
    facts |= {
        "asked": asked,
        "shown": queue_query.shown(context.settings.home, reading.day(of), asked, done, now.date()),
        "beside": reading.beside(of),
        "elsewhere": reading.days_of(asked.q, of) if asked.q else [],
        "most_rows": MOST_ROWS,
        "decisions": DECISIONS,
        "bulk": BULK,
    }
    return page(request, "queue.html", **facts)


@router.get("/lines/{entry}/{line}/preview")
def preview(
    request: Request,
    context: Context,
    reading: CurrentReading,
    entry: Entry,
    line: LineNumber,
    *,
    visitor: Annotated[Visitor, Depends(may("read_line"))],
    day: date,
) -> Response:
    """A line of a day as it stands beside the list."""
    with context.database.reading() as connection:
        done = OfficerWork.of(connection, day, visitor)
    found = queue_query.told(context.settings.home, reading.day(day), [(entry, line)], done, context.now().date())
    if not found:
        raise HTTPException(404)
    return page(request, "preview.html", line=found[0], decisions=DECISIONS)


Writer = Annotated[Visitor, Depends(may("write_finding"))]


@router.post("/queue/bulk")
def bulk(
    context: Context,
    reading: CurrentReading,
    visitor: Writer,
    *,
    action: Annotated[Literal["assign", "examine", "request_documents", "release"], Form()],
    day: Annotated[date, Form()],
    line: Annotated[Sequence[str], Form()] = (),
    officer: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
    next: Annotated[str, Form()] = "/queue",
) -> Response:
    """Do one thing with many lines of a day: with all of them, or with none."""
    chosen, words = _chosen(line), reason.strip() or None
    rows = {(row["entry_number"], row["line_number"]): row for row in queue_query.lines_of(reading.day(day), chosen)}
    wrong = [] if rows else [Problem("lines", "one at the least", "none")]
    if action == "release" and not words:
        wrong.append(Problem("reason", "the reason why these lines are released", "none"))
    with context.unit_of_work() as unit:
        decided = OfficerWork.of(unit.connection, day, visitor).decided
        for key, row in rows.items():
            placed = (row["selection"], row["selection_probability"], row["probability"], row["model_version"])
            of = Line(*key, row["entry_date"], *placed)
            if action == "assign":
                work.assign(unit, visitor, of, officer or None)
                continue
            draft, name = Draft(action, reason=words), f"{key[0]} / {key[1]}"
            corrects = chosen[key] if key in decided else 0
            found = problems(draft, of, corrects, unit.at.date())
            wrong += [Problem(f"{name}, {one.where}", one.expected, one.found) for one in found]
            try:
                findings.write(unit, visitor, of, draft, chosen[key])
            except OvertakenError as error:
                by = f"a decision of {error.current.by}"
                wrong.append(Problem(name, "a line that nobody decided meanwhile", by))
        if wrong:
            raise BadInputError(wrong)
    return RedirectResponse(own_address(next), 303)


@router.post("/queue/undo")
def undo(
    context: Context,
    visitor: Writer,
    *,
    line: Annotated[Sequence[str], Form()] = (),
    next: Annotated[str, Form()] = "/queue",
) -> Response:
    """Take back what the visitor wrote a moment ago."""
    with context.unit_of_work() as unit:
        work.undo(unit, visitor, list(_chosen(line).items()))
    return RedirectResponse(own_address(next), 303)


def _chosen(lines: Sequence[str]) -> dict[Key, int]:
    """Lines as forms send them, `ENTRY/LINE/VERSION`, each with the version that was seen."""
    parts = [one.rsplit("/", 2) for one in lines]
    if not all(len(one) == 3 and one[1].isdecimal() and one[2].isdecimal() for one in parts):
        raise BadInputError(Problem("lines", "lines of the page", "others"))
    return {(entry, int(number)): int(version) for entry, number, version in parts}


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
    context: Context, visitor: Keeper, id: Annotated[int, Path(ge=1, lt=2**31)], next: Annotated[str, Form()] = "/queue"
) -> Response:
    """Remove a view."""
    with context.unit_of_work() as unit:
        work.forget_view(unit.connection, visitor, id)
    return RedirectResponse(own_address(next), 303)

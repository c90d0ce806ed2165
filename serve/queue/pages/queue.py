"""The queue's page: a day's lines by place, filtered and grouped, with what officers have made of them."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Connection

from originrisk.serve.queue import assignments, findings, views
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.admission import may
from originrisk.serve.queue.desk import AtDesk
from originrisk.serve.queue.finding import DECISIONS
from originrisk.serve.queue.lines.asked import Asked
from originrisk.serve.queue.lines.shown_day import shown
from originrisk.serve.queue.lines.view import Worked
from originrisk.serve.queue.pages.read import AtReading
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.sheet import MOST_ROWS

router = APIRouter()

STATES: Final = [("open", "open"), ("decided", "decided"), *DECISIONS.items()]


@router.get("/queue")
def queue(
    request: Request,
    at: AtDesk,
    reading: AtReading,
    visitor: Annotated[Visitor, Depends(may("read_queue"))],
    asked: Annotated[Asked, Query()],
) -> Response:
    """The page of the lines that were asked for."""
    of = asked.day or reading.shown
    if of is None:
        return page(request, "queue_empty.html")
    with at.database.reading() as connection:
        done, kept = worked(connection, of, visitor), views.of(connection, visitor)
    found = shown(at.settings.home, reading.day(of), asked, done)
    facts: dict[str, Any] = {
        "asked": asked,
        "shown": found,
        "views": kept,
        "states": STATES,
        "most_rows": MOST_ROWS,
    }
    return page(request, "queue.html", decisions=DECISIONS, **facts)


def worked(connection: Connection, day: date, visitor: Visitor) -> Worked:
    """What officers have made of a day's lines."""
    standing = findings.of_day(connection, day)
    return Worked(
        {key: one.draft.decision for key, one in standing.items()},
        {key: one.version for key, one in standing.items()},
        assignments.of_day(connection, day),
        visitor.name,
    )

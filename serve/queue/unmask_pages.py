"""Routes that show the numbers of importer and consignee, which are masked elsewhere: with a reason, and recorded."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue import findings
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.admission import may
from originrisk.serve.queue.desk import AtDesk
from originrisk.serve.queue.finding import address
from originrisk.serve.queue.finding_pages import Entry, LineNumber
from originrisk.serve.queue.rendering import page

router = APIRouter()


@router.post("/lines/{entry}/{line}/importer")
def unmask(
    request: Request,
    at: AtDesk,
    entry: Entry,
    line: LineNumber,
    visitor: Annotated[Visitor, Depends(may("unmask"))],
    *,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Show the numbers of a line once; a reload asks again."""
    if not reason.strip():
        raise BadInputError(Problem("reason", "why the numbers are needed", "none"))
    of = findings.line(at.store, entry, line)
    (declared,) = at.store.line("entries", entry, line).to_pylist()
    with at.acting() as act:
        act.tell(visitor.name, "numbers shown", address((entry, line)), reason=reason.strip())
    return page(request, "importer.html", line=of, declared=declared, address=address((entry, line)))

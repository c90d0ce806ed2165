"""Routes of findings: their history, a new version, the second reading."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from originrisk.data.errors import Problem
from originrisk.serve.queue import findings, readings
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.admission import may
from originrisk.serve.queue.desk import AtDesk, Desk
from originrisk.serve.queue.finding import Draft, Finding, Key, Line, address, problems
from originrisk.serve.queue.finding_form import FindingForm, draft
from originrisk.serve.queue.findings import OvertakenError
from originrisk.serve.queue.log_in import own_address
from originrisk.serve.queue.rendering import page

router = APIRouter()

Entry = Annotated[str, Path(max_length=40)]
LineNumber = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/lines/{entry}/{line}/findings")
def history(
    request: Request,
    at: AtDesk,
    entry: Entry,
    line: LineNumber,
    _: Annotated[Visitor, Depends(may("read_line"))],
) -> Response:
    """What was found about a line, every version, and the form."""
    return _show(request, at, findings.line(at.store, entry, line), 200)


@router.post("/lines/{entry}/{line}/findings")
async def write(
    request: Request,
    at: AtDesk,
    entry: Entry,
    line: LineNumber,
    visitor: Annotated[Visitor, Depends(may("write_finding"))],
) -> Response:
    """Write down a finding, or a correction of one."""
    sent = dict(await request.form())
    return await run_in_threadpool(_write, request, at, (entry, line), visitor, sent)


@router.get("/readings")
def awaited(request: Request, at: AtDesk, _: Annotated[Visitor, Depends(may("read_second"))]) -> Response:
    """Findings that await a second reader."""
    with at.database.reading() as connection:
        waiting = readings.awaited(connection)
    return page(request, "readings.html", findings=waiting, address=address)


@router.post("/findings/{id}/reading")
def read(
    at: AtDesk,
    id: Annotated[int, Path(ge=1, lt=2**31)],
    visitor: Annotated[Visitor, Depends(may("read_second"))],
    agrees: Annotated[bool, Form()],
    note: Annotated[str, Form()] = "",
) -> Response:
    """Agree with a finding against the goods, or not."""
    with at.acting() as act:
        finding = readings.read(act, visitor, id, agrees=agrees, note=note.strip() or None)
    return RedirectResponse(f"{address(finding.line.key)}/findings", 303)


def _write(request: Request, at: Desk, key: Key, visitor: Visitor, sent: dict[str, Any]) -> Response:
    of = findings.line(at.store, *key)
    given, unread = draft(sent)
    text = str(sent.get("version", ""))
    based_on = int(text) if text.isascii() and text.isdigit() else 0
    wrong = [*unread, *problems(given, of, based_on, at.now().date())]
    if wrong:
        return _show(request, at, of, 422, given=given, wrong=wrong)
    try:
        with at.acting() as act:
            findings.write(act, visitor, of, given, based_on)
    except OvertakenError as overtaken:
        return _show(request, at, of, 409, given=given, overtaken=overtaken.current)
    return RedirectResponse(own_address(str(sent.get("next") or f"{address(key)}/findings")), 303)


def _show(
    request: Request,
    at: Desk,
    of: Line,
    status: int,
    *,
    given: Draft | None = None,
    wrong: Sequence[Problem] = (),
    overtaken: Finding | None = None,
) -> Response:
    with at.database.reading() as connection:
        form = FindingForm.of(connection, of.key, by_lot=of.by_lot, next=f"{address(of.key)}/findings")
    if given:
        form = replace(form, draft=given, problems=wrong)
    return page(request, "findings.html", status, form=form, line=of, overtaken=overtaken)

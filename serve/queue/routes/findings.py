"""Routes of findings: the form, their history, a new version, the second reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from originrisk.data.errors import Problem
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.context import AppContext, Context
from originrisk.serve.queue.db import findings, work
from originrisk.serve.queue.db.finding import (
    DECISIONS,
    DISPOSITIONS,
    METHODS,
    REOPENED,
    RESULTS,
    Draft,
    Finding,
    Key,
    Line,
    address,
    problems,
)
from originrisk.serve.queue.db.findings import OvertakenError
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.routes.admission import may
from originrisk.serve.queue.routes.log_in import own_address

EMPTY: Final = Draft("")


@dataclass(frozen=True, slots=True)
class FindingForm:
    """What the template reads as `form`: a line's findings so far, a draft, and what is wrong with it."""

    address: str
    next: str
    by_lot: bool
    history: list[Finding]
    holder: str | None
    officers: list[str]
    draft: Draft
    problems: Sequence[Problem] = ()
    decisions: Mapping[str, str] = field(default_factory=lambda: DECISIONS)
    results: Mapping[str, str] = field(default_factory=lambda: RESULTS)
    methods: Mapping[str, str] = field(default_factory=lambda: METHODS)
    dispositions: Mapping[str, str] = field(default_factory=lambda: DISPOSITIONS)

    @classmethod
    def of(cls, connection: Connection, key: Key, *, by_lot: bool, next: str) -> "FindingForm":
        """The form of a line as it stands; after it was sent the browser goes to `next`."""
        history = findings.history(connection, key)
        stands = history and history[-1].draft.decision != REOPENED
        draft = replace(history[-1].draft, reason=None) if stands else EMPTY
        held, officers = work.holder(connection, key), work.officers(connection)
        return cls(address(key), next, by_lot, history, held, officers, draft)

    @property
    def version(self) -> int:
        """The version that a draft is based on; 0 for none."""
        return self.history[-1].version if self.history else 0

    @property
    def current(self) -> Finding | None:
        """The finding that stands; None where there is none, or it was taken back."""
        last = self.history[-1] if self.history else None
        return None if last is None or last.draft.decision == REOPENED else last

    def readable_by(self, visitor: Visitor) -> bool:
        """Whether the visitor may be the second reader of what stands."""
        one = self.current
        if one is None or one.state != "awaits a second reader":
            return False
        return visitor.may("read_second") and one.by != visitor.name


def draft_of(sent: Mapping[str, Any]) -> tuple[Draft, list[Problem]]:
    """The draft that a form holds, and what cannot be read of it."""
    texts = {name: str(sent.get(name) or "").strip() or None for name in Draft.__dataclass_fields__}
    given = texts.pop("found_on")
    day, problems = None, []
    try:
        day = date.fromisoformat(given) if given else None
    except ValueError:
        problems.append(Problem("day of the result", "a day as YYYY-MM-DD", "another text"))
    decision = texts.pop("decision") or ""
    return Draft(decision, **texts, found_on=day), problems


router = APIRouter()

Entry = Annotated[str, Path(max_length=40)]
LineNumber = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/lines/{entry}/{line}/findings")
def history(
    request: Request, context: Context, entry: Entry, line: LineNumber, _: Annotated[Visitor, Depends(may("read_line"))]
) -> Response:
    """What was found about a line, every version, and the form."""
    return _show(request, context, findings.line(context.store, entry, line), 200)


@router.post("/lines/{entry}/{line}/findings")
async def write(
    request: Request,
    context: Context,
    entry: Entry,
    line: LineNumber,
    visitor: Annotated[Visitor, Depends(may("write_finding"))],
) -> Response:
    """Write down a finding, or a correction of one."""
    sent = dict(await request.form())
    return await run_in_threadpool(_write, request, context, (entry, line), visitor, sent)


@router.get("/readings")
def awaited(request: Request, context: Context, _: Annotated[Visitor, Depends(may("read_second"))]) -> Response:
    """Findings that await a second reader."""
    with context.database.reading() as connection:
        waiting = findings.awaited(connection)
    return page(request, "readings.html", findings=waiting, address=address)


@router.post("/findings/{id}/reading")
def read(
    context: Context,
    id: Annotated[int, Path(ge=1, lt=2**31)],
    visitor: Annotated[Visitor, Depends(may("read_second"))],
    agrees: Annotated[bool, Form()],
    note: Annotated[str, Form()] = "",
) -> Response:
    """Agree with a finding against the goods, or not."""
    with context.unit_of_work() as unit:
        finding = findings.read_second(unit, visitor, id, agrees=agrees, note=note.strip() or None)
    return RedirectResponse(f"{address(finding.line.key)}/findings", 303)


def _write(request: Request, context: AppContext, key: Key, visitor: Visitor, sent: dict[str, Any]) -> Response:
    of = findings.line(context.store, *key)
    given, unread = draft_of(sent)
    text = str(sent.get("version", ""))
    based_on = int(text) if text.isascii() and text.isdigit() else 0
    with context.database.reading() as connection:
        before = findings.history(connection, key)
    chosen = before[0].at.date() if before and not before[0].draft.result else None
    corrects = based_on if before and before[-1].draft.decision != REOPENED else 0
    wrong = [*unread, *problems(given, of, corrects, context.now().date(), chosen)]
    if wrong:
        return _show(request, context, of, 422, given=given, wrong=wrong)
    try:
        with context.unit_of_work() as unit:
            findings.write(unit, visitor, of, given, based_on)
    except OvertakenError as overtaken:
        return _show(request, context, of, 409, given=given, overtaken=overtaken.current)
    return RedirectResponse(own_address(str(sent.get("next") or f"{address(key)}/findings")), 303)


def _show(
    request: Request,
    context: AppContext,
    of: Line,
    status: int,
    *,
    given: Draft | None = None,
    wrong: Sequence[Problem] = (),
    overtaken: Finding | None = None,
) -> Response:
    with context.database.reading() as connection:
        form = FindingForm.of(connection, of.key, by_lot=of.by_lot, next=f"{address(of.key)}/findings")
    if given:
        form = replace(form, draft=given, problems=wrong)
    return page(request, "findings.html", status, form=form, line=of, overtaken=overtaken)

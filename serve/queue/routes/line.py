"""The page of one line: everything that is known of it, as known on its day; and the numbers on it, with a reason."""

import hashlib
from dataclasses import fields
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

import numpy as np
from fastapi import APIRouter, Depends, Form, HTTPException, Path, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from originrisk.data.contract import ONE_DAY
from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.attachments import KINDS, MOST_BYTES, looked_through
from originrisk.serve.queue.charts import line as charted
from originrisk.serve.queue.context import Context
from originrisk.serve.queue.db import comments, findings, work
from originrisk.serve.queue.db.comments import Attachment
from originrisk.serve.queue.db.finding import DECISIONS, DISPOSITIONS, address
from originrisk.serve.queue.evidence.case import PROOF, concept_rows, in_words
from originrisk.serve.queue.evidence.declaration import LABELS
from originrisk.serve.queue.evidence.line import LineCase
from originrisk.serve.queue.evidence.party import GROUPS, PartyCase
from originrisk.serve.queue.evidence.reading import CurrentReading
from originrisk.serve.queue.packet import packet
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.routes.admission import may
from originrisk.serve.queue.routes.findings import Entry, FindingForm, LineNumber

router = APIRouter()


@router.get("/lines/{entry}/{line}")
def line(
    request: Request,
    context: Context,
    reading: CurrentReading,
    entry: Entry,
    line: LineNumber,
    *,
    visitor: Annotated[Visitor, Depends(may("read_line"))],
) -> Response:
    """The line with its evidence."""
    found, key = reading.line(entry, line), (entry, line)
    if found is None:
        raise HTTPException(404)
    with context.database.reading() as connection:
        form = FindingForm.of(connection, key, by_lot=found.lot, next=address(key))
        log = comments.log_of(connection, key)
        undoable = work.just_written(connection, visitor, context.now())
    shown, beside = found.said, found.beside
    chances = beside.probabilities if beside else np.empty(0)
    charts: dict[str, Any] = {
        "undoable": undoable,
        "log": log,
        "odds": _odds(found),
        "below": int(np.searchsorted(chances, shown.probability)) if shown else 0,
        "concepts": concept_rows(None if found.lot else found.score),
        "flag_proof": PROOF,
        "price_charts": [(price, charted.plot(price)) for price in found.prices],
        "timeline": charted.timeline(
            found.row["entry_date"], {"Maker": found.supplier, "Importer": found.importer}, log
        ),
        "map": charted.route_map(found.route),
        "labels": LABELS,
        "most_bytes": MOST_BYTES,
        "kinds": ", ".join(dict.fromkeys(words for words, _ in KINDS.values())),
        "accept": ",".join(f".{kind}" for kind in KINDS),
    }
    facts = {one.name: getattr(found, one.name) for one in fields(found)}
    return page(request, "line.html", form=form, decisions=DECISIONS, lot=found.lot, **facts, **charts)


@router.get("/lines/{entry}/{line}/parties/{role}")
def party(
    request: Request,
    context: Context,
    reading: CurrentReading,
    entry: Entry,
    line: LineNumber,
    *,
    role: Literal["supplier", "importer", "seller", "consolidator"],
    _: Annotated[Visitor, Depends(may("read_line"))],
    group: Literal["", "supplier", "importer", "seller", "consolidator", "heading", "origin", "month"] = "",
) -> Response:
    """A party of the line, as known today."""
    today, found = context.now().date(), reading.entry(entry, line)
    case = found and PartyCase.of(reading.reader, reading.graph(today), found, role, group=group, today=today)
    if not case:
        raise HTTPException(404)
    last = case.past.last or today
    drawn = charted.timeline(last + ONE_DAY, {role.capitalize(): case.past}, [], ("Last line", "the day after"))
    facts: dict[str, Any] = {
        "group": group,
        "groups": GROUPS,
        "today": today,
        "timeline": drawn,
        "dispositions": DISPOSITIONS,
    }
    return page(request, "party.html", case=case, address=address((entry, line)), line=(entry, line), **facts)


@router.get("/lines/{entry}/{line}/packet.pdf")
def evidence_packet(
    request: Request,
    context: Context,
    reading: CurrentReading,
    entry: Entry,
    line: LineNumber,
    *,
    visitor: Annotated[Visitor, Depends(may("export"))],
) -> Response:
    """The evidence of a line as one PDF; its digest is in the audit."""
    found, key = reading.line(entry, line), (entry, line)
    if found is None:
        raise HTTPException(404)
    with context.database.reading() as connection:
        log = comments.log_of(connection, key)
    simulated, at = request.app.state.simulated, context.now()
    file = packet(found, log, _odds(found), visitor, at, simulated=simulated)
    with context.unit_of_work() as unit:
        digest = hashlib.sha256(file).hexdigest()
        unit.record(visitor.name, "packet made", address(key), sha256=digest, bytes=len(file))
    named = {"Content-Disposition": f'attachment; filename="packet-{quote(entry, safe="")}-{line}.pdf"'}
    return Response(file, media_type="application/pdf", headers=named)


def _odds(found: LineCase) -> str | None:
    chances = found.beside.probabilities if found.beside else np.empty(0)
    usual = float(chances.mean()) if len(chances) else 0.0
    return in_words(found.said.probability, usual) if found.said else None


@router.post("/lines/{entry}/{line}/importer")
def unmask(
    request: Request,
    context: Context,
    entry: Entry,
    line: LineNumber,
    visitor: Annotated[Visitor, Depends(may("unmask"))],
    *,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Show the numbers of a line once; a reload asks again."""
    if not reason.strip():
        raise BadInputError(Problem("reason", "why the numbers are needed", "none"))
    of = findings.line(context.store, entry, line)
    (declared,) = context.store.line("entries", entry, line).to_pylist()
    with context.unit_of_work() as unit:
        unit.record(visitor.name, "numbers shown", address((entry, line)), reason=reason.strip())
    return page(request, "importer.html", line=of, declared=declared, address=address((entry, line)))


DOWNLOAD: Final = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}


@router.post("/lines/{entry}/{line}/comments")
async def comment(
    request: Request,
    context: Context,
    entry: Entry,
    line: LineNumber,
    *,
    visitor: Annotated[Visitor, Depends(may("comment"))],
) -> Response:
    """Write a comment on a line."""
    async with request.form() as sent:
        given, text = sent.get("file"), str(sent.get("text") or "").strip().replace("\r\n", "\n")
        named = isinstance(given, UploadFile) and given.filename
        content = await given.read(MOST_BYTES + 1) if isinstance(given, UploadFile) and named else b""

    def write() -> None:
        of = findings.line(context.store, entry, line)
        file: Attachment | None = looked_through(str(named), content) if named else None
        with context.unit_of_work() as unit:
            comments.comment(unit, visitor, of.key, context.settings.home, text=text, file=file)

    await run_in_threadpool(write)
    return RedirectResponse(f"{address((entry, line))}#log", 303)


@router.get("/lines/{entry}/{line}/attachments/{id}")
def download(
    context: Context,
    entry: Entry,
    line: LineNumber,
    id: Annotated[int, Path(ge=1, lt=2**31)],
    *,
    _: Annotated[Visitor, Depends(may("read_line"))],
) -> Response:
    """The file of a comment."""
    with context.database.reading() as connection:
        found = comments.attachment(connection, context.settings.home, (entry, line), id)
    if found is None:
        raise HTTPException(404)
    named = f"attachment; filename=\"attachment.{found.kind}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    headers = {**DOWNLOAD, "Content-Disposition": named}
    return Response(found.content, media_type="application/octet-stream", headers=headers)

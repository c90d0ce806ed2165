"""The page of one line: everything that is known of it, as known on its day; and the numbers on it, with a reason."""

from dataclasses import fields
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.charts import past, scores, ties
from originrisk.serve.queue.context import Context
from originrisk.serve.queue.db import findings
from originrisk.serve.queue.db.finding import DECISIONS, address
from originrisk.serve.queue.evidence.case import PROOF, concept_rows, in_words
from originrisk.serve.queue.evidence.reading import CurrentReading
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
    _: Annotated[Visitor, Depends(may("read_line"))],
) -> Response:
    """The line with its evidence."""
    found, key = reading.line(entry, line), (entry, line)
    if found is None:
        raise HTTPException(404)
    with context.database.reading() as connection:
        form = FindingForm.of(connection, key, by_lot=found.lot, next=address(key))
    shown, beside = found.said, found.beside
    usual = float(beside.probabilities.mean()) if beside and len(beside.probabilities) else 0.0
    charts: dict[str, Any] = {
        "odds": in_words(shown.probability, usual) if shown else None,
        "concepts": concept_rows(None if found.lot else found.score),
        "proof": PROOF,
        "standing": scores.standing(shown, beside.probabilities) if shown and beside else None,
        "waterfall": scores.waterfall(found.score) if found.score else None,
        "price_charts": [(price, past.plot(price)) for price in found.prices],
        "supplier_chart": past.months(found.supplier),
        "importer_chart": past.months(found.importer),
        "chain": ties.chain(found.route),
        "ties": ties.chart(found.links),
    }
    facts = {one.name: getattr(found, one.name) for one in fields(found)}
    return page(request, "line.html", form=form, decisions=DECISIONS, lot=found.lot, **facts, **charts)


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

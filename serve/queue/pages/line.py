"""The page of one line: everything that is known of it, as known on its day, and the form of its finding."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.admission import may
from originrisk.serve.queue.charts import chain, months, prices, standing, ties, waterfall
from originrisk.serve.queue.desk import AtDesk
from originrisk.serve.queue.finding import DECISIONS, address
from originrisk.serve.queue.finding_form import FindingForm
from originrisk.serve.queue.finding_pages import Entry, LineNumber
from originrisk.serve.queue.lines.line import Evidence
from originrisk.serve.queue.pages.read import AtReading
from originrisk.serve.queue.rendering import page

router = APIRouter()


@router.get("/lines/{entry}/{line}")
def line(
    request: Request,
    at: AtDesk,
    reading: AtReading,
    entry: Entry,
    line: LineNumber,
    _: Annotated[Visitor, Depends(may("read_line"))],
) -> Response:
    """The line with its evidence."""
    found, key = reading.line(entry, line), (entry, line)
    if found is None:
        raise HTTPException(404)
    with at.database.reading() as connection:
        form = FindingForm.of(connection, key, by_lot=found.lot, next=address(key))
    return page(request, "line.html", form=form, decisions=DECISIONS, **_facts(found), **_charts(found))


def _facts(found: Evidence) -> dict[str, Any]:
    names = ("row", "score", "said", "beside", "lot", "supplier", "importer", "cut", "links", "listings",
             "matches", "declared", "missing", "similar", "versions")  # fmt: skip
    return {name: getattr(found, name) for name in names}


def _charts(found: Evidence) -> dict[str, Any]:
    said, beside = found.said, found.beside
    return {
        "standing": standing.standing(said, beside.probabilities) if said and beside else None,
        "waterfall": waterfall.waterfall(found.score) if found.score else None,
        "price_charts": [(price, prices.plot(price)) for price in found.prices],
        "supplier_chart": months.months(found.supplier),
        "importer_chart": months.months(found.importer),
        "chain": chain.chain(found.route),
        "ties": ties.chart(found.links),
    }

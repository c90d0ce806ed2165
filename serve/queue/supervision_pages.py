"""The route of supervisors."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from originrisk.serve.night.report import status
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.admission import may
from originrisk.serve.queue.desk import AtDesk
from originrisk.serve.queue.pages.read import AtReading
from originrisk.serve.queue.readings import awaited
from originrisk.serve.queue.rendering import page
from originrisk.serve.queue.supervision import agreement, load
from originrisk.serve.queue.supervision.hits import hits
from originrisk.serve.queue.supervision.load import Work

router = APIRouter()


@router.get("/supervision")
def supervision(
    request: Request,
    at: AtDesk,
    reading: AtReading,
    _: Annotated[Visitor, Depends(may("read_supervision"))],
    day: date | None = None,
) -> Response:
    """Load of a day, agreement, hit rates, nights and model."""
    of, ground = day or reading.shown, reading.ground
    with at.database.reading() as connection:
        work = Work.of(connection, of) if of else None
        facts: dict[str, Any] = {
            "ports": load.of_ports(ground, work) if work else [],
            "officers": load.of_officers(work) if work else [],
            "agreement": agreement.agreement(connection),
            "corrected": agreement.corrected(connection),
            "awaited": len(awaited(connection)),
        }
    facts |= {"hits": hits(ground, at.now().date()), "running": status(at.settings.home)}
    return page(request, "supervision.html", day=of, **facts)

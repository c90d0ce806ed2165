"""The route of exports: the lines that the queue's page shows under the same filters, all pages of them, as a file."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.admission import may
from originrisk.serve.queue.desk import AtDesk
from originrisk.serve.queue.finding import DECISIONS, Key
from originrisk.serve.queue.lines import view
from originrisk.serve.queue.lines.asked import Asked
from originrisk.serve.queue.lines.shown_day import LOT
from originrisk.serve.queue.lines.view import Worked
from originrisk.serve.queue.lines.written import visible
from originrisk.serve.queue.pages.queue import worked
from originrisk.serve.queue.pages.read import AtReading
from originrisk.serve.queue.sheet import MEDIA_TYPES, MOST_ROWS, sheet

router = APIRouter()

Row = Mapping[str, Any]

_PLAIN: Final = (
    ("place", "place"),
    ("rank", "rank"),
    ("entry number", "entry_number"),
    ("line", "line_number"),
    ("entry date", "entry_date"),
    ("probability", "probability"),
    ("port of entry", "port_of_entry"),
    ("HTSUS", "htsus"),
    ("declared origin", "country_of_origin"),
    ("manufacturer", "manufacturer_name"),
    ("MID", "manufacturer_id"),
    ("importer (masked)", "importer"),
    ("entered value, USD", "entered_value_usd"),
    ("description", "description"),
    ("model version", "model_version"),
    ("history up to", "history_date"),
)
_SWAYING: Final = ("probability", "rank", "reasons")
_CHOSEN: Final = {"order": "by rank", "lot": "by lot (random sample)", None: "outside capacity"}


@router.get("/queue.{kind}")
def export(
    request: Request,
    at: AtDesk,
    reading: AtReading,
    visitor: Annotated[Visitor, Depends(may("export"))],
    *,
    kind: Literal["csv", "xlsx"],
    asked: Annotated[Asked, Query()],
) -> Response:
    """The file. Importer numbers are masked in it; what it held is in the audit."""
    of = asked.day or reading.shown
    if of is None:
        raise HTTPException(404)
    with at.database.reading() as connection:
        done = worked(connection, of, visitor)
    day = reading.day(of)
    lines = day.lines.take(view.rows(day, asked, done))
    _check_size(kind, len(lines))
    columns = _columns(done)
    rows = ([column(row) for column in columns.values()] for row in _rows(lines))
    file = sheet(kind, list(columns), rows)
    with at.acting() as act:
        facts = {"query": request.url.query, "lines": len(lines), "sha256": hashlib.sha256(file).hexdigest()}
        act.tell(visitor.name, "export made", request.url.path, **facts)
    named = {"Content-Disposition": f'attachment; filename="queue-{of}.{kind}"'}
    return Response(file, media_type=MEDIA_TYPES[kind], headers=named)


def _check_size(kind: str, lines: int) -> None:
    if lines > (most := MOST_ROWS.get(kind, lines)):
        step = "Narrow the filters, or take the CSV file, which holds any number."
        raise BadInputError(Problem(f"{kind.upper()} file", f"at most {most:,} lines", f"{lines:,}", step))


def _rows(lines: Any) -> Iterator[Row]:
    for batch in lines.to_batches(max_chunksize=1000):
        yield from batch.to_pylist()


def _columns(done: Worked) -> dict[str, Callable[[Row], Any]]:
    """Each heading, and what stands below it."""

    def key(row: Row) -> Key:
        return row["entry_number"], row["line_number"]

    plain = {head: lambda row, name=name: _shown(row, name) for head, name in _PLAIN}
    return {
        **plain,
        "chosen": lambda row: _CHOSEN[row["selection"]],
        "orders on the goods": lambda row: ", ".join(row["programmes"]),
        "new supplier": lambda row: "yes" if row["new_supplier"] else "no",
        "why": lambda row: visible("; ".join(_shown(row, "reasons") or ())),
        "decision": lambda row: DECISIONS.get(done.decided.get(key(row), ""), ""),
        "officer": lambda row: done.officer.get(key(row), ""),
    }


def _shown(row: Row, name: str) -> Any:
    """A cell; of the random sample neither score nor reasons, which would sway the examination."""
    if row["selection"] == LOT and name in _SWAYING:
        return None
    return visible(row[name]) if isinstance(row[name], str) else row[name]

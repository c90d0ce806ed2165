"""The route of exports: the lines that the queue's page shows, all pages of them, as CSV or XLSX."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.context import Context
from originrisk.serve.queue.db.finding import DECISIONS, Key
from originrisk.serve.queue.db.work import OfficerWork
from originrisk.serve.queue.evidence import queue_query
from originrisk.serve.queue.evidence.queue_query import QueueQuery
from originrisk.serve.queue.evidence.reading import CurrentReading
from originrisk.serve.queue.evidence.words import visible
from originrisk.serve.queue.routes.admission import may
from originrisk.serve.scoring.batch import spreadsheet_cell
from originrisk.serve.scoring.ranking import LOT, SWAYING

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
    ("importer (alias)", "importer"),
    ("entered value, USD", "entered_value_usd"),
    ("description", "description"),
    ("model version", "model_version"),
    ("history up to", "history_date"),
)
_CHOSEN: Final = {"order": "by rank", "lot": "by lot (random sample)", None: "outside capacity"}

LONGEST_CELL: Final = 32_000
"""Characters of a cell; a workbook takes 32,767."""

MOST_ROWS: Final = {"xlsx": 5_000}
"""Rows of a file whose making takes long, for the pages wait for it; a CSV holds any number."""

MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/queue.{kind}")
def export(
    request: Request,
    context: Context,
    reading: CurrentReading,
    visitor: Annotated[Visitor, Depends(may("export"))],
    *,
    kind: Literal["csv", "xlsx"],
    asked: Annotated[QueueQuery, Query()],
) -> Response:
    """The file. Importers stand in it under their aliases; what it held is in the audit."""
    of = asked.day or reading.shown
    if of is None:
        raise HTTPException(404)
    with context.database.reading() as connection:
        done = OfficerWork.of(connection, of, visitor)
    day = reading.day(of)
    lines = day.lines.take(queue_query.rows(day, asked, done))
    if len(lines) > (most := MOST_ROWS.get(kind, len(lines))):
        step = "Narrow the filters, or take the CSV file, which holds any number."
        raise BadInputError(Problem(f"{kind.upper()} file", f"at most {most:,} lines", f"{len(lines):,}", step))
    columns = _columns(done)
    few = (batch.to_pylist() for batch in lines.to_batches(max_chunksize=1000))
    rows = ([column(row) for column in columns.values()] for batch in few for row in batch)
    file = sheet(kind, list(columns), rows)
    with context.unit_of_work() as unit:
        facts: dict[str, Any] = {
            "query": request.url.query,
            "lines": len(lines),
            "sha256": hashlib.sha256(file).hexdigest(),
        }
        unit.record(visitor.name, "export made", request.url.path, **facts)
    named = {"Content-Disposition": f'attachment; filename="queue-{of}.{kind}"'}
    return Response(file, media_type=MEDIA_TYPES[kind], headers=named)


def _columns(done: OfficerWork) -> dict[str, Callable[[Row], Any]]:
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
        "red flags and law": lambda row: visible("; ".join(_shown(row, "flags") or ())),
        "decision": lambda row: DECISIONS.get(done.decided.get(key(row), ""), ""),
        "officer": lambda row: done.officer.get(key(row), ""),
    }


def _shown(row: Row, name: str) -> Any:
    """A cell; of the random sample neither score nor reasons, which would sway the examination."""
    if row["selection"] == LOT and name in SWAYING:
        return None
    return visible(row[name]) if isinstance(row[name], str) else row[name]


def sheet(kind: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The file: `kind` is a key of MEDIA_TYPES; cells are text, numbers, days or None."""
    safe = ([_cell(value) for value in row] for row in rows)
    return _csv(heads, safe) if kind == "csv" else _xlsx(heads, safe)


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    plain = value[:LONGEST_CELL]
    if not plain.isprintable():
        plain = "".join(one if one.isprintable() or one == "\n" else "\ufffd" for one in plain)
    cut = f"{plain} …" if len(value) > LONGEST_CELL else plain
    return spreadsheet_cell(cut)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()  # the mark tells spreadsheets that it is UTF-8


def _xlsx(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet("queue")
    page.freeze_panes = "A2"
    bold = [WriteOnlyCell(page, head) for head in heads]
    for cell in bold:
        cell.font = Font(bold=True)
    page.append(bold)
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()

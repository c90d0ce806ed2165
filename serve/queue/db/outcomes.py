"""Findings with a known result, handed to the store as outcomes: through its ingest, once, in a file that stays."""

import csv
import hashlib
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from originrisk.data.contract import OUTCOMES
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest.run import Ingested, ingest
from originrisk.serve.queue.context import AppContext
from originrisk.serve.queue.db import findings
from originrisk.serve.queue.db.database import folder
from originrisk.serve.queue.db.finding import Finding
from originrisk.serve.queue.db.tables import DELIVERED

SELECTIONS: Final[Mapping[str | None, str]] = {"lot": "random", "order": "targeted", None: "referral"}
"""Why a line was examined, by how the day's queue placed it; what the queue left out, an officer chose."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What went into the store: findings, and the file that holds them ("" where there was nothing to hand over)."""

    findings: int
    file: str
    ingested: Ingested | None


def deliver(context: AppContext, account: str) -> Delivery:
    """Hand over the findings that stand and were not handed over. A run that was cut short may be repeated.

    Raises AlreadyRunningError while another run writes to the store, BadInputError where the store refuses a row.
    """
    with context.store.writing():
        with context.database.reading() as connection:
            ready = due(connection)
        if not ready:
            return Delivery(0, "", None)
        path = _written(folder(context.settings.home) / "outcomes", map(_row, ready))
        done = ingest(context.store, OUTCOMES.name, [path], "contract")
        if done.counts.rejected:
            found = f"{done.counts.rejected} broken rows in {path.name}"
            raise BadInputError(Problem("outcomes", "rows that keep the contract", found))
        with context.unit_of_work() as unit:
            handed = [versions[-1].id for versions in ready]
            notes = [{"finding": id, "file": path.name, "at": unit.at} for id in handed]
            unit.connection.execute(insert(DELIVERED), notes)
            unit.record(account, "outcomes delivered", path.name, findings=handed)
    return Delivery(len(ready), path.name, done)


def due(connection: Connection) -> list[list[Finding]]:
    """Every version, oldest first, of the findings whose last one is to be handed over: it stands, holds a result (or
    takes back one that was handed over), and was not handed over."""
    delivered = set(connection.execute(select(DELIVERED.c.finding)).scalars())
    return [
        versions
        for versions in findings.histories(connection)
        if versions[-1].stands
        and versions[-1].id not in delivered
        and (versions[-1].draft.result or any(old.id in delivered for old in versions))
    ]


def _row(versions: Sequence[Finding]) -> dict[str, Any]:
    """The contract's row. An outcome is known from the day on which it stands here, whenever the result was found."""
    first, one = versions[0], versions[-1]
    known = one.reading.at if one.draft.adverse and one.reading else one.at
    has = one.draft.result is not None
    return {
        "entry_number": one.line.entry_number,
        "line_number": one.line.line_number,
        "selected_date": first.at.date(),
        "outcome_date": known.date() if has else None,
        "selection": SELECTIONS[one.line.selection],
        "selection_probability": one.line.chance,
        "method": one.draft.method if has else None,
        "result": one.draft.result,
    }


def _written(target: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """A file named by its content: the same rows make the same file."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, OUTCOMES.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode()
    target.mkdir(exist_ok=True, mode=0o700)
    path = target / f"{hashlib.sha256(content).hexdigest()[:32]}.csv"
    staged = path.with_name(f".{path.name}")
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    staged.replace(path)
    return path

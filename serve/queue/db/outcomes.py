"""Findings with a known result, handed to the store as outcomes: once, whole, and in a file that stays."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, insert, select

from originrisk.data.contract import OUTCOMES
from originrisk.data.dispositions import FOUND, NOT_FOUND
from originrisk.data.errors import Problem
from originrisk.data.store.journal import make_folder, sync
from originrisk.serve.queue.context import AppContext
from originrisk.serve.queue.db import findings
from originrisk.serve.queue.db.database import folder
from originrisk.serve.queue.db.finding import Finding
from originrisk.serve.queue.db.tables import DELIVERED

SELECTIONS: Final[Mapping[str | None, str]] = {"lot": "random", "order": "targeted", None: "referral"}
"""Why a line was examined, by how the day's queue placed it; what the queue left out, an officer chose."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """What went into the store: findings, and the file that holds them ("" where there was nothing to hand over).

    `refused` are findings whose line has a result in the store that theirs must not replace; they stay due.
    """

    findings: int
    file: str
    refused: tuple[Problem, ...] = ()


def deliver(context: AppContext, account: str) -> HandOver:
    """Hand over the findings that stand and were not handed over. A run that was cut short may be repeated.

    Everything is checked before the store changes. Raises AlreadyRunningError while another run writes to it.
    """
    with context.store.writing():
        with context.database.reading() as connection:
            delivered = set(connection.execute(select(DELIVERED.c.finding)).scalars())
            ready = due(connection, delivered)
        entries = pa.array({versions[-1].line.entry_number for versions in ready}, pa.string())
        outcomes = context.store.outcomes()
        stored = {
            (row["entry_number"], row["line_number"]): row
            for row in outcomes.filter(pc.is_in(outcomes["entry_number"], entries)).to_pylist()
        }
        rows, handed, refused = list[dict[str, Any]](), list[int](), list[Problem]()
        for versions in ready:
            row, there = _row(versions), stored.get(versions[-1].line.key)
            if there:
                row["disposition"] = row["disposition"] or there["disposition"]
                own = [_row(versions[: number + 1]) for number, one in enumerate(versions) if one.id in delivered]
                if problem := _overrules(there, row, own):
                    refused.append(problem)
                    continue
            rows.append(row)
            handed.append(versions[-1].id)
        if not rows:
            return HandOver(0, "", tuple(refused))
        path = _written(folder(context.settings.home) / "outcomes", rows)
        context.store.upsert(OUTCOMES.name, pa.Table.from_pylist(rows, schema=OUTCOMES.schema).to_batches())
        with context.unit_of_work() as unit:
            notes = [{"finding": id, "file": path.name, "at": unit.at} for id in handed]
            unit.connection.execute(insert(DELIVERED), notes)
            sealed = [(DELIVERED, id) for id in handed]
            unit.record(account, "outcomes delivered", path.name, sealed, findings=handed)
    return HandOver(len(rows), path.name, tuple(refused))


def _overrules(there: Mapping[str, Any], row: Mapping[str, Any], own: Sequence[Mapping[str, Any]]) -> Problem | None:
    """Why a row must not replace what the store holds of its line: that came from elsewhere, and says more or later.

    What the queue itself handed over last (`own`), a correction may replace by anything.
    """
    compared = [name for name in row if name != "disposition"]
    if any(all(there[name] == one[name] for name in compared) for one in (row, *own[-1:])):
        return None
    says, said = (
        2 if one["result"] in (FOUND, NOT_FOUND) else int(bool(one["result"] or one["disposition"]))
        for one in (row, there)
    )
    day, before = row["outcome_date"], there["outcome_date"]
    later = before is not None and (day is None or before > day or (before == day and says <= said))
    if said == 0 or not (says < said or later):
        return None
    name = f"{row['entry_number']} / {row['line_number']}"
    found = f"{there['result'] or there['disposition']} of {before}, from elsewhere"
    step = "Correct the finding, or the outcome that was ingested."
    return Problem(
        f"outcome of {name}", f"nothing better than {row['result'] or row['disposition']} of {day}", found, step
    )


def due(connection: Connection, delivered: Set[int]) -> list[list[Finding]]:
    """Every version, oldest first, of the findings whose last one is to be handed over: it stands, holds a result or
    a disposition (or takes back what was handed over), and was not handed over."""
    return [
        versions
        for versions in findings.histories(connection)
        if versions[-1].stands
        and versions[-1].id not in delivered
        and (
            versions[-1].draft.result or versions[-1].draft.disposition or any(old.id in delivered for old in versions)
        )
    ]


def _row(versions: Sequence[Finding]) -> dict[str, Any]:
    """The contract's row. An outcome is known from the day on which it stands here, whenever the result was found.

    What came later in the database is never dated earlier, whatever the clock showed.
    """
    first, one = versions[0], versions[-1]
    moments = [version.at for version in versions]
    if one.draft.adverse and one.reading:
        moments.append(one.reading.at)
    known = max(moments)
    return {
        "entry_number": one.line.entry_number,
        "line_number": one.line.line_number,
        "selected_date": first.at.date(),
        "outcome_date": known.date() if one.draft.ended else None,
        "selection": SELECTIONS[one.line.selection],
        "selection_probability": one.line.chance,
        "method": one.draft.method if one.draft.ended else None,
        "result": one.draft.result,
        "disposition": one.draft.disposition,
    }


def _written(target: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """A file named by its content: the same rows make the same file."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, OUTCOMES.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode()
    make_folder(target)
    path = target / f"{hashlib.sha256(content).hexdigest()[:32]}.csv"
    staged = path.with_name(f".{path.name}")
    staged.touch(0o600)
    staged.write_bytes(content)
    sync(staged)
    staged.replace(path)
    sync(target)
    return path

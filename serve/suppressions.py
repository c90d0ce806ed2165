"""Suppressions: for some days, for a reason, lines like a given one keep out of the queue's order; never of its lot."""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from originrisk.data.errors import Problem, UsageError
from originrisk.data.settings import Settings
from originrisk.data.store import journal
from originrisk.data.store.tables import Store
from originrisk.features.lines import Bools

ALIKE: Final = ("importer_number", "manufacturer_id", "manufacturer_name", "country_of_origin", "htsus")
"""Lines are alike where these are equal; of the tariff number the first six digits."""


class Suppression(BaseModel):
    """One decision: lines like this one keep out of the order from `on` to the day before `until`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date
    until: date
    entry_number: str
    line_number: int
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)


def path(home: Path) -> Path:
    """Where a home keeps them: append-only, one JSON object a line."""
    return home / "suppressions.jsonl"


def read(home: Path) -> list[Suppression]:
    """All of them, oldest first. Raises BadInputError naming every unreadable line."""
    return journal.read(path(home), Suppression, "a suppression")


def suppress(settings: Settings, one: Suppression) -> None:
    """Write one down. Raises UsageError for an unknown line, and for more days than the settings allow."""
    most = timedelta(settings.night.suppression_days)
    problems = []
    if not timedelta(0) < one.until - one.on <= most:
        problems.append(Problem("--until", f"a day at most {most.days} days away", str(one.until)))
    if not len(_line(Store(settings.home, settings.memory_limit_gb), one)):
        problems.append(Problem("line", "an entry line in the store", "no such line"))
    if problems:
        raise UsageError(problems)
    journal.append(path(settings.home), one)


def suppressed(store: Store, lines: pa.Table, day: date) -> Bools:
    """Which lines of a day keep out of the order."""
    barred = np.zeros(len(lines), np.bool_)
    for one in read(store.home):
        if one.on <= day < one.until:
            barred |= _alike(lines, _line(store, one))
    return barred


def _line(store: Store, one: Suppression) -> pa.Table:
    return store.line("entries", one.entry_number, one.line_number)


def _alike(lines: pa.Table, line: pa.Table) -> Bools:
    alike = np.ones(len(lines), np.bool_)
    for name in ALIKE if len(line) else ():
        value = line[name][0]
        column = lines[name]
        if name == "htsus":
            column, value = pc.utf8_slice_codeunits(column, 0, 6), pa.scalar(value.as_py()[:6])
        same = pc.is_null(column) if not value.is_valid else pc.fill_null(pc.equal(column, value), False)
        alike &= np.asarray(same)
    return alike & bool(len(line))

"""Small homes for the tests of the night: an inbox with late lines, an older score of the day, a new champion."""

import hashlib
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from originrisk.data.contract import ENTRIES
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.serve.scoring.batch import score_period
from tests.serve import factory

DAY = date(2021, 2, 5)
LATE = 900_000
"""Entry numbers of the lines in the inbox."""


def settings_of(home: Path, **changes: Any) -> Settings:
    """Settings of a small home."""
    return Settings(home=home, history_start=factory.START, **changes)


def deliver(home: Path, rows: list[dict[str, object]], name: str = "late.parquet", table: str = "entries") -> None:
    """Put a file into the inbox."""
    folder = home / "inbox" / table
    folder.mkdir(parents=True, exist_ok=True)
    schema = ENTRIES.schema if table == "entries" else None
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / name)


def late_lines(count: int = 5, day: date = DAY, **changes: object) -> list[dict[str, object]]:
    """Lines of the day and of the days before that arrive for the night."""
    return [
        factory.entry(LATE + number, day - timedelta(number % 3), received_on=day, **changes) for number in range(count)
    ]


def home(folder: Path) -> Path:
    """A home whose day was scored by an older model; a new champion and late lines wait for the night."""
    factory.home(folder)
    return home_of(folder)


def home_of(folder: Path) -> Path:
    """The same over a home that is there."""
    score_period(settings_of(folder), DAY, DAY)
    factory.champion(folder, seed=1)
    deliver(folder, late_lines())
    return folder


def copy(template: Path, folder: Path) -> Path:
    """A home of its own."""
    return shutil.copytree(template, folder)


def state(home: Path) -> dict[str, Any]:
    """All that a night may change and that must not depend on how often it was cut short."""
    store = Store(home)
    histories = sorted((home / "history").glob("????-??-??/*.npy"))
    return {
        "entries": store.entries().to_pylist(),
        "outcomes": store.outcomes().to_pylist(),
        "rejected": store.rejected().to_pylist(),
        "scores": store.scores(date.min, date.max).to_pylist(),
        "queue": (home / "queue.json").read_text() if (home / "queue.json").exists() else None,
        "histories": {str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in histories},
        "inbox": sorted(path.name for path in (home / "inbox").rglob("*") if path.is_file()),
        "champion": (home / "models" / "champion").read_text(),
    }


def record(home: Path, day: date = DAY) -> dict[str, Any]:
    """The record of a night."""
    found: dict[str, Any] = json.loads((home / "nights" / str(day) / "manifest.json").read_text())
    return found

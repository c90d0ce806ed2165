"""The live queue: which day officers work on. It moves forward only, and only a night of its own moves it."""

import json
from datetime import date
from pathlib import Path

from originrisk.serve.night.manifest import replace


def day(home: Path) -> date | None:
    """The day of the live queue; None before the first night. Its lines are those of `scores` that have a place."""
    pointer = home / "queue.json"
    return date.fromisoformat(json.loads(pointer.read_text("utf-8"))["date"]) if pointer.is_file() else None


def move(home: Path, to: date, model_version: str) -> None:
    """Show this day from now on, unless a later one is shown already."""
    shown = day(home)
    if shown is None or shown <= to:
        replace(home / "queue.json", json.dumps({"date": str(to), "model_version": model_version}) + "\n")

"""What nights leave on disk: the record of each, the pointer to the live queue, and the log."""

import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from originrisk.data.store.integrity import read_sealed, write_sealed
from originrisk.data.store.journal import make_folder

NAME = "manifest.json"


@dataclass(slots=True)
class Manifest:
    """`content` is plain JSON: date, live, files, model, basis, steps (seconds and figures), measures, ended."""

    folder: Path
    content: dict[str, Any]

    @classmethod
    def read(cls, home: Path, day: date) -> "Manifest | None":
        """The record of the last attempt at a night, or None before the first."""
        folder = folder_of(home, day)
        if not (folder / NAME).is_file():
            return None
        return cls(folder, read_sealed(folder / NAME))

    @property
    def ended(self) -> dict[str, Any] | None:
        """Outcome, exit code and why; None for a night that was cut short, or still runs."""
        ended: dict[str, Any] | None = self.content.get("ended")
        return ended

    def done(self, step: str) -> bool:
        """Whether a step is finished."""
        return step in self.content["steps"]

    def figures(self, step: str) -> dict[str, Any]:
        """What a finished step noted."""
        figures: dict[str, Any] = self.content["steps"][step]
        return figures

    def note(self, step: str, figures: dict[str, Any]) -> None:
        """A step is finished."""
        self.content["steps"][step] = figures
        self.write()

    def forget(self, steps: tuple[str, ...]) -> None:
        """These steps have to be done anew."""
        for step in steps:
            self.content["steps"].pop(step, None)
        self.write()

    def write(self) -> None:
        """Put the record in its place."""
        make_folder(self.folder)
        write_sealed(self.folder / NAME, self.content)


def folder_of(home: Path, day: date) -> Path:
    """Where a night keeps its record, its staged scores, its report and the files it took in."""
    return home / "nights" / day.isoformat()


def replace(path: Path, text: str) -> None:
    """Write a file; readers, and a run after a crash, find the old text or the new."""
    staged = path.with_name(f".{path.name}.new")
    with staged.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)


def live_day(home: Path) -> date | None:
    """The day of the live queue; None before the first night. Its lines are those of `scores` that have a place."""
    pointer = home / "queue.json"
    return date.fromisoformat(read_sealed(pointer)["date"]) if pointer.is_file() else None


def move_live_day(home: Path, to: date, model_version: str) -> None:
    """Show this day from now on, unless a later one is shown already."""
    shown = live_day(home)
    if shown is None or shown <= to:
        write_sealed(home / "queue.json", {"date": str(to), "model_version": model_version})


def log_event(home: Path, what: str, **figures: str | float) -> None:
    """Append to nights/log.jsonl, and write to standard error where no person watches it."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"at": at, "event": what, **figures}) + "\n"
    (home / "nights").mkdir(parents=True, exist_ok=True)
    with (home / "nights" / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(line)
    if not sys.stderr.isatty():
        sys.stderr.write(line)

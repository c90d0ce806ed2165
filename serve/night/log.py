"""The log of the nights: one JSON object a line, of words and figures, never a value or name of an entry line."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path


def event(home: Path, what: str, **figures: str | float) -> None:
    """Append to nights/log.jsonl, and write to standard error where no person watches it."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"at": at, "event": what, **figures}) + "\n"
    (home / "nights").mkdir(parents=True, exist_ok=True)
    with (home / "nights" / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(line)
    if not sys.stderr.isatty():
        sys.stderr.write(line)

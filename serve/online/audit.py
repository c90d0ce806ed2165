"""The audit record: who asked for what and how it ended, a line of JSON each, appended and never rewritten."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson


def masked(entry_number: str, line_number: int) -> str:
    """An entry line as the record shows it: filer code, last two digits, line."""
    return f"{entry_number[:3]}-*****{entry_number[-3:-1]}-{entry_number[-1:]}/{line_number}"


class Audit:
    """A file for each day under `folder`. Each record is one write, whole even beside other workers'."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._day, self._file = folder, "", -1

    def record(self, request: str, caller: str, action: str, ended: str, lines: Iterable[str] = ()) -> None:
        """Append who (`caller`, the id of a key or a subject) did what, on which masked lines."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        row: dict[str, Any] = {
            "at": at,
            "request": request,
            "caller": caller,
            "action": action,
            "ended": ended,
            "lines": list(lines),
        }
        os.write(self._of(at[: len("2000-01-01")]), orjson.dumps(row) + b"\n")

    def _of(self, day: str) -> int:
        if day != self._day:
            self.close()
            path = self._folder / f"{day}.jsonl"
            self._file, self._day = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), day
        return self._file

    def close(self) -> None:
        """Give the day's file back."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._day = -1, ""

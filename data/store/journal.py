"""Journals: append-only files in a home, one record a line, as JSON; among them what people decided on parties."""

import fcntl
import getpass
import json
import os
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from originrisk.data.errors import BadInputError, Problem

Record = TypeVar("Record", bound=BaseModel)


def read(path: Path, kind: type[Record], expected: str) -> list[Record]:
    """All records, oldest first; none without the file. Raises BadInputError naming every unreadable line."""
    records: list[Record] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines(path), 1):
        try:
            records.append(kind.model_validate_json(line))
        except ValidationError:
            problems.append(Problem(f"{path.name}, line {number}", expected, "something else"))
    if problems:
        raise BadInputError(problems)
    return records


def append(path: Path, record: BaseModel) -> None:
    """Write down one more record, whole or not at all."""
    append_line(path, json.dumps(record.model_dump(mode="json"), ensure_ascii=True))


def append_line(path: Path, line: str) -> None:
    """Add a line to a file, on the disk when this returns. A disk that is full leaves the file as it was.

    What a cut of power left of a last line goes first: nobody was told that it was written.
    """
    created = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        end = whole_lines(path)
        os.ftruncate(file, end)
        try:
            content = f"{line}\n".encode()
            while content:
                content = content[os.pwrite(file, content, os.fstat(file).st_size) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file, end)
            raise
    finally:
        os.close(file)
    if created:
        sync(path.parent)


def lines(path: Path) -> list[str]:
    """The lines of a file, none without it. A last one without its end was torn in writing: it counts for nothing."""
    whole = path.read_bytes()[: whole_lines(path)] if path.exists() else b""
    return whole.decode("utf-8", "backslashreplace").split("\n")[:-1]


def whole_lines(path: Path) -> int:
    """Bytes of a file up to the end of its last whole line."""
    with path.open("rb") as file:
        at = file.seek(0, os.SEEK_END)
        while at:
            start = max(0, at - 4096)
            file.seek(start)
            if (found := file.read(at - start).rfind(b"\n")) >= 0:
                return start + found + 1
            at = start
    return 0


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


KEY = r"^[0-9a-f]{16}$"


class Decided(BaseModel):
    """A decision about two parties. Keys are 16 hexadecimal digits, as shown by `parties explain`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date
    verb: Literal["join", "split"]
    party: str = Field(pattern=KEY)
    other: str = Field(pattern=KEY)
    record: tuple[str, ...] | None = None
    reason: str = Field(min_length=1)
    by: str = ""


def decisions_path(home: Path) -> Path:
    """Where the decisions of a home are kept."""
    return home / "parties.jsonl"


def read_decisions(home: Path) -> list[Decided]:
    """All decisions in the order in which they were taken. Raises BadInputError naming every unreadable line."""
    return read(decisions_path(home), Decided, "a decision")


def append_decision(home: Path, decision: Decided) -> None:
    """Write down one more decision, whole or not at all."""
    append(decisions_path(home), decision)


def who() -> str:
    """Account that runs the command; its number where the system has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"

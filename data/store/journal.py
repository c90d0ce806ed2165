"""Journals: append-only files in a home, one record a line, as JSON; among them what people decided on parties."""

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
    if not path.exists():
        return []
    records: list[Record] = []
    problems: list[Problem] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            records.append(kind.model_validate_json(line))
        except ValidationError:
            problems.append(Problem(f"{path.name}, line {number}", expected, "something else"))
    if problems:
        raise BadInputError(problems)
    return records


def append(path: Path, record: BaseModel) -> None:
    """Write down one more record, whole or not at all."""
    line = json.dumps(record.model_dump(mode="json"), ensure_ascii=True) + "\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line.encode())
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

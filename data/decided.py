"""Decisions that people took about parties: an append-only file in the home, one JSON object a line."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.errors import BadInputError, Problem

KEY = r"^[0-9a-f]{16}$"


class Decided(BaseModel):
    """One decision. Keys are 16 hexadecimal digits, as shown by `parties explain`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date
    verb: Literal["join", "split"]
    party: str = Field(pattern=KEY)
    other: str = Field(pattern=KEY)
    record: tuple[str, ...] | None = None
    reason: str = Field(min_length=1)
    by: str = ""


def path(home: Path) -> Path:
    """Where the decisions of a home are kept."""
    return home / "parties.jsonl"


def read(home: Path) -> list[Decided]:
    """All decisions in the order in which they were taken. Raises BadInputError naming every unreadable line."""
    if not path(home).exists():
        return []
    decided: list[Decided] = []
    problems: list[Problem] = []
    for number, line in enumerate(path(home).read_text("utf-8").splitlines(), 1):
        try:
            decided.append(Decided.model_validate_json(line))
        except ValidationError:
            problems.append(Problem(f"parties.jsonl, line {number}", "a decision", "something else"))
    if problems:
        raise BadInputError(problems)
    return decided


def append(home: Path, decision: Decided) -> None:
    """Write down one more decision, whole or not at all."""
    line = json.dumps(decision.model_dump(mode="json"), ensure_ascii=True) + "\n"
    file = os.open(path(home), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line.encode())
        os.fsync(file)
    finally:
        os.close(file)

"""Journals: append-only files in a home, one record a line, as JSON."""

import json
import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

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

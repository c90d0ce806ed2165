"""Decisions that people took about parties: an append-only file in the home, one JSON object a line."""

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from originrisk.data import journal

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
    return journal.read(path(home), Decided, "a decision")


def append(home: Path, decision: Decided) -> None:
    """Write down one more decision, whole or not at all."""
    journal.append(path(home), decision)

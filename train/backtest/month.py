"""One month of a policy, and the journal that keeps months, so that a backtest can go on where it stopped."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a policy. `rest` are lines not examined; what is NaN cannot be known.

    `found` are the results that are positive, and rightly so where the truth is known. `positives` and `rest_found`
    are the truth (simulated trade only), `rest_said` what the model expects in the rest, `lot` and `lot_found` size
    and positive results of the random arm, all that a real office would have to check it.
    """

    month: str
    lines: int
    examined: int
    found: int
    positives: float
    rest: int
    rest_said: float
    rest_found: float
    lot: int
    lot_found: int
    rows: list[int]
    random: list[bool]
    chance: float


def journaled(journal: Path) -> list[Month]:
    """The months of a journal, none where there is no file."""
    text = journal.read_text("utf-8") if journal.exists() else ""
    return [Month(**json.loads(line)) for line in text.splitlines()]


def note(journal: Path, month: Month) -> None:
    """Write a month at the end of a journal."""
    with journal.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(month)) + "\n")

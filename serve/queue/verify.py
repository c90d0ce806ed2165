"""Whether the audit is whole: every row as it was sealed, in its place, none cut off the end that a seal names."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from originrisk.data.errors import Problem
from originrisk.data.store import journal
from originrisk.serve.queue import audit
from originrisk.serve.queue.audit import START, Seal
from originrisk.serve.queue.database import Database


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found: rows, the seal of the last one, and every breach."""

    rows: int
    head: str
    problems: tuple[Problem, ...]


def verify(database: Database, home: Path) -> Verified:
    """Read the whole audit and the file of seals. Raises BadInputError where a seal cannot be read."""
    sealed = {one.number: one.hash for one in journal.read(audit.seals(home), Seal, "a seal")}
    problems: list[Problem] = []
    number, previous = 0, START
    with database.reading() as connection:
        for row in audit.rows(connection):
            if row["number"] != number + 1:
                problems.append(Problem(f"row {number + 1}", "the next row", f"row {row['number']}"))
            if row["previous"] != previous:
                problems.append(Problem(f"row {row['number']}", "the hash of the row before", "another"))
            if row["hash"] != audit.seal(row):
                problems.append(Problem(f"row {row['number']}", "the row as it was sealed", "other content"))
            if sealed.get(row["number"], row["hash"]) != row["hash"]:
                problems.append(Problem(f"row {row['number']}", "the seal beside the database", "another"))
            number, previous = row["number"], row["hash"]
    problems += _cut_off(number, sealed)
    return Verified(number, previous, tuple(problems))


def _cut_off(last: int, sealed: dict[int, str]) -> Iterator[Problem]:
    furthest = max(sealed, default=0)
    if furthest > last:
        yield Problem("the end", f"row {furthest}, as its seal says", f"row {last} as the last")

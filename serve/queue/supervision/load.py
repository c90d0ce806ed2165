"""Capacity and load of a day: what the queue asks of each port, and how far officers have come."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from originrisk.serve.queue import assignments, findings
from originrisk.serve.queue.finding import Key
from originrisk.serve.queue.lines.ground import Ground

_INSIDE: Final = """
SELECT entry_number, line_number, coalesce(port_of_entry, 'no port') AS port, selection = 'lot' AS lot
FROM {scores} JOIN (SELECT entry_number, line_number, port_of_entry FROM {entries} WHERE entry_date = $1)
USING (entry_number, line_number) WHERE entry_date = $1 AND place IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Load:
    """Lines inside capacity: how many, by lot, `taken` and not decided, decided, and those left that nobody has."""

    name: str
    inside: int
    lot: int
    taken: int
    decided: int

    @property
    def left(self) -> int:
        """Lines that nobody has taken or decided."""
        return self.inside - self.taken - self.decided


@dataclass(frozen=True, slots=True)
class Work:
    """What officers have made of the lines of a `day`: those decided, and who has taken which."""

    day: date
    decided: Set[Key]
    taken: Mapping[Key, str]

    @classmethod
    def of(cls, connection: Connection, day: date) -> "Work":
        """That of a day."""
        return cls(day, findings.of_day(connection, day).keys(), assignments.of_day(connection, day))


def of_ports(ground: Ground, work: Work) -> list[Load]:
    """Load of all ports together, and by port, the largest first."""
    rows = ground.sql(_INSIDE, [work.day]).to_pylist()
    keys = {(row["entry_number"], row["line_number"]): row for row in rows}
    sizes = Counter(row["port"] for row in rows)
    ports = [
        _load(port, {key: row["lot"] for key, row in keys.items() if row["port"] == port}, work)
        for port, _ in sizes.most_common()
    ]
    return [_load("all ports", {key: row["lot"] for key, row in keys.items()}, work), *ports]


def of_officers(work: Work) -> list[tuple[str, int, int]]:
    """Officers with lines of the day: name, lines taken, and how many of these are decided."""
    lines = Counter(work.taken.values())
    done = Counter(name for key, name in work.taken.items() if key in work.decided)
    return [(name, count, done[name]) for name, count in sorted(lines.items())]


def _load(name: str, lot: Mapping[Key, bool], work: Work) -> Load:
    decided = lot.keys() & work.decided
    taken = lot.keys() & work.taken.keys() - decided
    return Load(name, len(lot), sum(lot.values()), len(taken), len(decided))

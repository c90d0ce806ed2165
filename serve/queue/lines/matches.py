"""Listed parties that the names on a line may mean, as its day saw the lists, with the evidence of each match."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa

from originrisk.data.lists.membership import in_force
from originrisk.features.list_match import Match, match
from originrisk.serve.queue.lines.ground import Ground

NAMED: Final = {
    "manufacturer": "manufacturer_name",
    "seller": "seller_name",
    "consolidator": "consolidator_name",
}
READ: Final = 200
"""Characters of a name that are compared; no firm's name is longer."""
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class NameMatches:
    """What the lists may mean by one name of the line, the likeliest first; `roles` are those that bear the name."""

    roles: list[str]
    name: str
    matches: list[Match]


def matches(ground: Ground, line: dict[str, Any]) -> tuple[int, list[NameMatches]]:
    """How many listings the line's day sees, and what each name on it may mean among them."""
    listed = _in_force(ground, line["entry_date"])
    roles: dict[str, list[str]] = {}
    for role, column in NAMED.items():
        if line[column]:
            roles.setdefault(line[column][:READ], []).append(role)
    city = (line["manufacturer_city"] or "")[:READ]
    found = [
        NameMatches(own, name, _matches(name, city if "manufacturer" in own else "", _Listed(listed)))
        for name, own in roles.items()
    ]
    return len(listed), found


@dataclass(frozen=True, slots=True)
class _Listed:
    """A table that is equal only to itself, so that what was matched against it can be kept."""

    table: pa.Table

    def __hash__(self) -> int:
        return id(self.table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Listed) and other.table is self.table


@lru_cache(maxsize=8)
def _in_force(ground: Ground, day: date) -> pa.Table:
    return in_force(ground.listed, day)


@lru_cache(maxsize=4096)
def _matches(name: str, city: str, listed: _Listed) -> list[Match]:
    return match(name, listed.table, city)[:SHOWN]

"""How often examinations found a Xinjiang input: at random against targeted, by port, by declared origin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from originrisk.serve.queue.lines.ground import Ground
from originrisk.serve.queue.supervision.share import Share

DAYS: Final = 365
GROUPS: Final[Mapping[str, str]] = {
    "selection": "selection",
    "port": "coalesce(port_of_entry, 'no port')",
    "origin": "country_of_origin",
}
_UNTIL: Final = "SELECT max(outcome_date) AS day FROM {examined} WHERE outcome_date <= $1"
_HITS: Final = """
SELECT {group} AS name, count(*) FILTER (result = 'xinjiang') AS part, count(*) AS whole
FROM {{examined}} WHERE result IN ('xinjiang', 'not_xinjiang') AND outcome_date BETWEEN $1 AND $2
GROUP BY name ORDER BY whole DESC, name
"""


@dataclass(frozen=True, slots=True)
class Hits:
    """Conclusive results that became known from `start` to `end`, by each of GROUPS."""

    start: date
    end: date
    groups: Mapping[str, list[Share]]


def hits(ground: Ground, today: date) -> Hits | None:
    """Of the DAYS before the latest result that is known today; None before the first result."""
    end = ground.sql(_UNTIL, [today])["day"][0].as_py()
    if end is None:
        return None
    start = end - timedelta(DAYS - 1)
    found = {
        name: [Share(**row) for row in ground.sql(_HITS.format(group=group), [start, end]).to_pylist()]
        for name, group in GROUPS.items()
    }
    return Hits(start, end, found)

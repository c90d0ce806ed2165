"""A party of a line as the store has it now: lines in groups, history, orders on its goods, lists, links."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow as pa

from originrisk.data.contract import ONE_DAY
from originrisk.features.declared import families
from originrisk.features.lines import Lines
from originrisk.features.list_match import Match
from originrisk.serve.queue.evidence.day import programmes
from originrisk.serve.queue.evidence.links import Linked, links, matches_of
from originrisk.serve.queue.evidence.past import FOUND, MAKER, MOST, PartyPast, party
from originrisk.serve.queue.evidence.store_reader import StoreReader
from originrisk.serve.scoring.ranking import LOT

NAME: Final = {
    "supplier": "manufacturer_name",
    "importer": "importer",
    "seller": "seller_name",
    "consolidator": "consolidator_name",
}
"""Parties that have a page, and the column of a line that names each."""
GROUPS: Final = {**NAME, "heading": "heading", "origin": "country_of_origin", "month": "month"}
LISTED: Final = 200
"""Lines that the page lists, the latest."""
PARTNERS: Final = 10
_LINES: Final = f"""
SELECT entry_number, line_number, entry_date, manufacturer_id, coalesce(manufacturer_name, manufacturer_id) AS
       manufacturer_name, importer_number, seller_name, consolidator_name, country_of_origin, htsus, description,
       entered_value_usd, result, method, disposition, outcome_date, place, drawn, probability,
       substr(htsus, 1, 4) AS heading, strftime(entry_date, '%Y-%m') AS month
FROM {{{{entries}}}}
LEFT JOIN (SELECT entry_number, line_number, result, method, disposition, outcome_date
           FROM {{{{examined}}}} WHERE outcome_date <= $day) USING (entry_number, line_number)
LEFT JOIN (SELECT entry_number, line_number, place, selection AS drawn, probability FROM {{{{scores}}}})
USING (entry_number, line_number)
WHERE {{which}} AND entry_date <= $day AND coalesce(received_on, entry_date) <= $day
ORDER BY entry_date DESC, entry_number, line_number LIMIT {MOST}
"""


@dataclass(frozen=True, slots=True)
class PartyCase:
    """What the page of a party shows: `lines` are the latest, in order of their groups, each with its `group` and how
    many lines that has; `partners` by role: name, lines, examined, found out; `orders` with the lines they cover."""

    role: str
    name: str
    past: PartyPast
    lines: list[dict[str, Any]]
    partners: dict[str, list[tuple[str, int, int, int]]]
    orders: list[tuple[str, int]]
    matches: list[Match]
    linked: list[Linked]
    closed: date | None

    @classmethod
    def of(
        cls, reader: StoreReader, graph: Any, line: pa.Table, role: str, *, group: str, today: date
    ) -> "PartyCase | None":
        """The party that a line (one row of `entries`) names in a role, as known today; None where it names none."""
        row: dict[str, Any] = line.to_pylist()[0]
        which, name = f"{NAME[role]} = $name", row.get(NAME[role])
        if role == "supplier":
            known = row["manufacturer_id"] is not None
            which = MAKER[known].replace("$maker", "$name")
            sought, name = row["manufacturer_id"] if known else name, name or row["manufacturer_id"]
        elif role == "importer":
            which, sought = "importer_number = $name", row["importer_number"]
            name = f"Importer {reader.alias(sought)}"
        else:
            sought = name
        if not sought or not name:
            return None
        found = reader.sql(_LINES.format(which=which), {"name": sought, "day": today})
        rows: list[dict[str, Any]] = found.to_pylist()
        for one in rows:
            number = one.pop("importer_number")
            one |= {"importer": number and f"Importer {reader.alias(number)}", "lot": one["drawn"] == LOT}
        latest = rows[:LISTED]
        sizes = Counter(one[GROUPS[group]] for one in latest) if group else Counter[Any]()
        for one in latest:
            one["group"] = one[GROUPS[group]] if group else None
        latest.sort(key=lambda one: (-sizes[one["group"]], str(one["group"])))
        codes = families(Lines.of(found.slice(0, LISTED).select(("entry_date", "htsus", "description"))))
        covered = Counter(order for code in codes.tolist() for order in programmes(code, today))
        tied = links(reader, graph, line)
        return cls(
            role,
            name,
            party(found.drop_columns(["importer_number"]), today + ONE_DAY),
            [one | {"members": sizes[one["group"]]} for one in latest],
            {other: _partners(rows, column) for other, column in NAME.items() if other != role},
            covered.most_common(),
            [] if role == "importer" else matches_of(reader, name, today),
            [one for one in tied.suppliers if role == "supplier" or role in {tie.via for tie in one.ties}],
            tied.closed,
        )


def _partners(rows: list[dict[str, Any]], column: str) -> list[tuple[str, int, int, int]]:
    """Whom the lines name, with their number, how many were examined with a known result, at how many was found."""
    named = [(one[column], one["result"]) for one in rows if one[column]]
    lines = Counter(name for name, _ in named)
    examined = Counter(name for name, result in named if result)
    found = Counter(name for name, result in named if result == FOUND)
    return [(name, n, examined[name], found[name]) for name, n in lines.most_common(PARTNERS)]

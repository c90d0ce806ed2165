"""The layouts of published lists that are read, told apart by their headings.

The contract's `listed`; CBP's table of Withhold Release Orders and Findings; DHS's UFLPA Entity List; OpenSanctions'
`targets.simple.csv` (opensanctions.org/docs/bulk/csv). A row becomes one or more listings.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from originrisk.data.contract import LISTED

Cells = Mapping[str, str]
Listing = dict[str, Any]

_AKA: Final = re.compile(r",?\s*\b(?:a/k/a|f/k/a|aka|formerly known as|also known as)\b:?\s*", re.IGNORECASE)
_ACRONYM: Final = re.compile(r"\s*\(([A-Z]{3,})\)\s*$")
_SUBLIST: Final = re.compile(r"\(([iv]+)\)")
_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to publish a list: headings that tell it, and how a row is read (listings without checked dates)."""

    name: str
    headings: frozenset[str]
    read: Callable[[Cells], Iterator[Listing]]


def _named(text: str) -> Iterator[Listing]:
    """The parties of a cell: `;` and `Ltd. and` part them; `a/k/a` and a last `(ABC)` give other names."""
    for one in re.split(r";\s*|(?<=Ltd\.)\s+and\s+", text):
        name, *aliases = _AKA.split(one.strip())
        if acronym := _ACRONYM.search(name):
            name, aliases = name[: acronym.start()], [acronym[1], *aliases]
        yield {"name": name.strip(" ,"), "aliases": "|".join(aliases) or None}


def _uflpa(text: str) -> str:
    """The programme, with the sublists that a text names."""
    sublists = ", ".join(dict.fromkeys(_SUBLIST.findall(text)))
    return f"UFLPA ({sublists})" if sublists else "UFLPA"


def _contract(cells: Cells) -> Iterator[Listing]:
    yield {name: cells.get(name) or None for name in LISTED.names}


def _cbp(cells: Cells) -> Iterator[Listing]:
    scope = cells.get("industry") or None
    told = {"programme": cells["type"], "effective_date": cells["effective_date"], "scope": scope}
    country = {"address": cells.get("country") or None}
    yield from ({**party, **told, **country} for party in _named(cells["entity"]))


def _dhs(cells: Cells) -> Iterator[Listing]:
    aliases = "|".join(part.strip() for part in cells.get("aliases", "").split(";") if part.strip())
    yield {
        "name": cells["name"],
        "aliases": aliases or None,
        "programme": _uflpa(cells["sublist"]),
        "effective_date": cells["effective_date"],
    }


def _open_sanctions(cells: Cells) -> Iterator[Listing]:
    """The day comes from the text of `sanctions`: `first_seen` is the day of a crawl, not of a listing."""
    found = _DAY.search(cells["sanctions"])
    uflpa = re.search("uflpa|uyghur forced labor", f"{cells['dataset']} {cells['sanctions']}", re.IGNORECASE)
    parts = (part.strip(' "') for part in cells["aliases"].split(";"))
    yield {
        "name": cells["name"],
        "aliases": "|".join(part for part in parts if part) or None,
        "address": cells["addresses"] or None,
        "programme": _uflpa(cells["sanctions"]) if uflpa else None,
        "effective_date": found[0] if found else cells["sanctions"],
    }


LAYOUTS: Final = (
    Layout("contract", frozenset({"name", "programme", "effective_date"}), _contract),
    Layout("CBP", frozenset({"entity", "type", "effective_date"}), _cbp),
    Layout("DHS", frozenset({"name", "sublist", "effective_date"}), _dhs),
    Layout(
        "OpenSanctions",
        frozenset({"id", "schema", "name", "aliases", "addresses", "sanctions", "dataset", "first_seen"}),
        _open_sanctions,
    ),
)

"""The legal basis: which orders and acts cover a line on a day, why, since when, and under which procedure.

It is law, not evidence: told beside the score and never mixed into it. Most of it is a condition ("goods with cotton
of Xinjiang"); `barred` is where the declaration itself meets one, whatever the score: the maker is declared in
Xinjiang, or stands on the UFLPA's Entity List, whose sublist (ii), transfer of labour, needs no Xinjiang input at all.
A presumption may be rebutted and goods under an order be proved admissible or exported: neither is a determination.

Sources: `reference/instruments.csv`, the listings; Public Law 117-78, sections 2(d)(2)(B) and 3(a).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any, Final, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from originrisk.data import reference
from originrisk.data.reference import orders
from originrisk.data.reference.table import Days

LONGEST: Final = 120
UFLPA: Final = np.datetime64("2022-06-21", "D")
"""First day of the presumption. Cases under earlier orders on Xinjiang run under its procedure from then on."""
_MOVED: Final = "; cases run under the UFLPA"
PRIORITY: Final = "UFLPA priority sector"
SUBLISTS: Final = {"i": "in Xinjiang", "ii": "labour transfer", "iv": "exporter", "v": "sourcing"}
Role = Literal["maker", "seller", "consolidator"]
Procedure = Literal["WRO", "UFLPA"]
Named = tuple[Role, Mapping[str, Any]]
"""What a party is on a line, and its listing: a row of the contract's `listed` in force on the day."""

_TEXTS: Final = {name: pa.string() for name in ("instrument", "ground", "sublist", "procedure", "text", "party")}
LEGAL_BASIS: Final = pa.list_(pa.struct({**_TEXTS, "since": pa.date32(), "barred": pa.bool_()}))


@dataclass(frozen=True, slots=True)
class Basis:
    """One order or act that covers a line.

    `ground` is why: the kind of goods, the region they may come from, the entity under an order, or its sublist.
    `sublist` names the sublists, `(ii), (v)`, `party` the listed one. `text` says it in at most 120 characters.
    """

    instrument: str
    ground: Literal["goods", "region", "entity", "sublist"]
    sublist: str | None
    since: date
    procedure: Procedure
    barred: bool
    text: str
    party: str | None = None


def legal_basis(
    codes: NDArray[np.object_],
    described: NDArray[np.integer[Any]],
    days: Days,
    in_xinjiang: NDArray[np.bool_],
    listed: Mapping[int, Sequence[Named]],
) -> pa.Array:
    """What covers each line (n,) on its day, as LEGAL_BASIS: a list of structs, one for each Basis, by `since`.

    `codes` (n,) are HTSUS numbers; `described` (n,) is the family that the description names, for a number that names
    none: gloves of man-made fibres that say "35% COTTON" are goods with cotton. `days` (n,) are `datetime64[D]`,
    `in_xinjiang` (n,) whether the declaration puts the maker there, `listed` by row the listed parties that the line
    names. `features.lists.legal_basis` asks it for Lines.
    """
    families = orders.families_of(codes, days)
    families = np.where(families == orders.NO_FAMILY, described, families)
    periods = np.searchsorted(_changes(), days, side="right")
    plain, place = np.unique(
        np.stack([families, periods, in_xinjiang], axis=1).astype(np.int64), axis=0, return_inverse=True
    )
    bases = [_on_goods(family, period, bool(declared)) for family, period, declared in plain.tolist()]
    place = place.reshape(-1)
    for row, named in listed.items():
        day = days[row].item()
        bases.append((*bases[place[row]], *(on_party(role, listing, day) for role, listing in named)))
        place[row] = len(bases) - 1
    told = [[asdict(one) for one in sorted(of, key=lambda basis: basis.since)] for of in bases]
    return pa.array(told, LEGAL_BASIS).take(pa.array(place))


@cache
def _changes() -> Days:
    """Days on which an order or act on goods begins."""
    return np.array(sorted({row.valid_from for row in reference.instruments()}), "datetime64[D]")


@cache
def _on_goods(family: int, period: int, declared: bool) -> tuple[Basis, ...]:
    """Orders and acts on goods of a family (its code) after so many changes of the law."""
    day = _changes()[period - 1].item() if period else date.min
    rows = [row for row in orders.instruments_on(family) if row.valid_from <= day]
    priority = "".join(f"; priority sector since {row.valid_from}" for row in rows if row.instrument == PRIORITY)
    bases = []
    for row in rows:
        if row.instrument == "UFLPA":
            told = "the declaration puts the maker in Xinjiang, its goods are presumed barred"
            text = f"UFLPA since {row.valid_from}: {told if declared else row.covers + priority}."
            bases.append(Basis("UFLPA", "region", None, row.valid_from, "UFLPA", declared, text))
        elif row.instrument != PRIORITY:
            moved = row.uflpa_from <= day
            told = "the maker is declared in Xinjiang, its goods are to be detained"
            covers = told if declared and row.basis == "region" else row.covers
            text = f"WRO since {row.valid_from}: {covers}{_MOVED if moved else ''}."
            procedure: Procedure = "UFLPA" if moved else "WRO"
            bases.append(Basis(row.instrument, "goods", None, row.valid_from, procedure, False, text))
    return tuple(bases)


def on_party(role: Role, listing: Mapping[str, Any], day: date) -> Basis:
    """What the listing of a party that a line names means for the line on a day on which it is in force.

    The presumption is of goods made by a listed entity, and of goods exported by one of sublist (iv).
    """
    since, programme = listing["effective_date"], str(listing["programme"])
    if not programme.casefold().startswith("uflpa"):
        moved = np.datetime64(day, "D") >= UFLPA
        told = f" ({role}): {_cut(programme, 20)} since {since}"
        if listing["scope"]:
            told += f", {_cut(listing['scope'], 35)}"
        told += f"{_MOVED if moved else ''}."
        text = _cut(listing["name"], LONGEST - len(told)) + told
        return Basis(programme, "entity", None, since, "UFLPA" if moved else "WRO", False, text, listing["name"])
    sublists = [one for one in re.findall("[iv]+", programme.partition("(")[2]) if one in SUBLISTS]
    barred = role == "maker" or "iv" in sublists
    end = "presumed barred" if barred else "barred if made by it"
    if barred and "ii" in sublists:
        end = "barred without any Xinjiang input"
    why = f", {SUBLISTS[sublists[0]]}" if len(sublists) == 1 else ""
    told = f" ({role}): UFLPA list ({', '.join(sublists) or 'sublist not known'}) since {since}{why}: {end}."
    named = ", ".join(f"({one})" for one in sublists) or None
    text = _cut(listing["name"], LONGEST - len(told)) + told
    return Basis("UFLPA Entity List", "sublist", named, since, "UFLPA", barred, text, listing["name"])


def _cut(text: str, room: int) -> str:
    """The text in so many characters: without its legal form where it is too long, then cut."""
    if len(text) > room:
        text = re.sub(r"(?:,?\s+(?:Co|Ltd|Limited|Inc|Corp)\b\.?)+$", "", text)
    return text if len(text) <= room else f"{text[: room - 1]}…"

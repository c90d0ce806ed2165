"""The line as a case: its goods and parties in a header, what each concept says, the law, and what to ask for."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa

from originrisk.data import reference
from originrisk.data.reference import materials, orders
from originrisk.features.lines import Lines
from originrisk.features.lists import Listings, legal_basis
from originrisk.serve.queue.db.database import alias_key
from originrisk.serve.queue.evidence.store_reader import StoreReader

CONCEPTS: Final = {
    "findings": ("Findings", "supplier"),
    "parties": ("Parties", "importer"),
    "links": ("Links", "links"),
    "material": ("Material", "material"),
    "price": ("Price", "price"),
    "route": ("Route", "route"),
    "goods": ("Goods", "similar"),
    "paperwork": ("Paperwork", "missing"),
}
"""Each concept in words, and the section of the page that is its proof."""
PROOF: Final = {
    "listed_party": "matches",
    "finding_at_party": "supplier",
    "below_material_cost": "price",
    "tie_to_listed": "links",
    "order_in_force": "law",
}
"""The section of the page that a flag is proved by; else the declaration."""
_OWN: Final = """
SELECT result, method, disposition, outcome_date FROM {examined} WHERE entry_number = $1 AND line_number = $2
"""
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIAS: Final = 6
"""Letters of a stable alias: two of a hundred thousand importers share one in seven cases."""


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """What a concept does to a score (`raises`, `lowers`, or nothing), in a sentence, and where its proof stands."""

    title: str
    proof: str
    verdict: str
    text: str
    contribution: float


@dataclass(frozen=True, slots=True)
class Case:
    """The top of a line's page. `result` is the line's own examination, where its end is known."""

    importer: str | None
    laws: list[dict[str, Any]]
    result: dict[str, Any] | None
    material: str | None
    content: float | None
    documents: list[Any]

    @classmethod
    def of(cls, reader: StoreReader, line: pa.Table) -> "Case":
        """The case of a line (one row of `entries`), with the law of its day of entry."""
        row: dict[str, Any] = line.to_pylist()[0]
        found = reader.sql(_OWN, [row["entry_number"], row["line_number"]]).to_pylist()
        (laws,) = legal_basis(Lines.of(line), Listings.of(reader.listed)).to_pylist()
        name, share = _material(row["htsus"], row["entry_date"])
        asked = [one for one in reference.documents() if one.material in (name, "any")]
        alias = importer_alias(row["importer_number"], alias_key(reader.store.home))
        return cls(alias, laws, found[0] if found else None, name, share, asked)


def concept_rows(score: dict[str, Any] | None) -> list[ConceptRow]:
    """Every concept of a score, strongest first; those that it says nothing of come last."""
    told = {} if score is None else {one["concept"]: one for one in (*score["reasons"], *score["against"])}
    rows = []
    for concept, (title, proof) in CONCEPTS.items():
        one = told.get(concept)
        by = one["contribution"] if one else 0.0
        rows.append(ConceptRow(title, proof, _verdict(by), one["text"] if one else "", by))
    return sorted(rows, key=lambda row: -row.contribution)


def importer_alias(number: str | None, secret: bytes) -> str | None:
    """A name for an importer that stays the same in a home and gives nothing of the number away."""
    if not number:
        return None
    digest = int.from_bytes(hmac.digest(secret, number.encode(), hashlib.sha256), "big")
    letters = []
    for _ in range(ALIAS):
        digest, place = divmod(digest, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)


def in_words(probability: float, usual: float) -> str:
    """A probability as people say it: one in so many, and how many times the day's average."""
    odds = f"{probability:.0%}" if probability >= 0.5 else f"1 in {1 / max(probability, 1e-4):,.0f}"
    times = probability / usual if usual > 0 else 1.0
    if times >= 1.5:
        return f"{odds}; {times:,.{0 if times >= 10 else 1}f} times the day's average"
    return f"{odds}; {'about' if times > 0.67 else 'below'} the day's average"


def _material(htsus: str, day: date) -> tuple[str | None, float | None]:
    held = materials.content(htsus, int(orders.tariff(np.array([day], "datetime64[D]"))[0]))
    if held.material == materials.NO_MATERIAL:
        return None, None
    return materials.MATERIALS[held.material], held.share


def _verdict(contribution: float) -> str:
    if contribution == 0:
        return "says nothing"
    return "raises" if contribution > 0 else "lowers"

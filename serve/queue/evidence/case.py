"""The line as a case: its goods and parties in a header, what each concept says, the law, and what to ask for."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa

from originrisk.data import reference
from originrisk.data.reference import materials, orders
from originrisk.features.lines import Lines
from originrisk.features.lists import Listings, legal_basis
from originrisk.serve.queue.evidence.store_reader import StoreReader

CONCEPTS: Final = {
    "findings": ("Findings", "similar"),
    "parties": ("Parties", "importer"),
    "links": ("Links", "links"),
    "material": ("Material", "material"),
    "price": ("Price", "price"),
    "route": ("Route", "route"),
    "goods": ("Goods", "goods"),
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


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """What a concept does to a score (`raises`, `lowers`, or nothing), in a sentence, and where its proof stands.

    `share` is its contribution as a part of the greatest one.
    """

    concept: str
    title: str
    proof: str
    verdict: str
    text: str
    contribution: float
    share: float = 0.0


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
        tariff = int(orders.tariff(np.array([row["entry_date"]], "datetime64[D]"))[0])
        held = materials.content(row["htsus"], tariff)
        known = held.material != materials.NO_MATERIAL
        name, share = (materials.MATERIALS[held.material], held.share) if known else (None, None)
        asked = [one for one in reference.documents() if one.material in (name, "any")]
        return cls(reader.alias(row["importer_number"]), laws, found[0] if found else None, name, share, asked)


def concept_rows(score: dict[str, Any] | None) -> list[ConceptRow]:
    """Every concept of a score, strongest first; those that it says nothing of come last."""
    told = {} if score is None else {one["concept"]: one for one in (*score["reasons"], *score["against"])}
    rows = []
    for concept, (title, proof) in CONCEPTS.items():
        one = told.get(concept)
        by = one["contribution"] if one else 0.0
        verdict = "raises" if by > 0 else "lowers" if by < 0 else "says nothing"
        rows.append(ConceptRow(concept, title, proof, verdict, one["text"] if one else "", by))
    most = max([abs(row.contribution) for row in rows if row.contribution], default=1.0)
    return [replace(row, share=row.contribution / most) for row in sorted(rows, key=lambda row: -row.contribution)]


def in_words(probability: float, usual: float) -> str:
    """A probability as people say it: one in so many, and how many times the day's average."""
    odds = f"{probability:.0%}" if probability >= 0.5 else f"1 in {1 / max(probability, 1e-4):,.0f}"
    times = probability / usual if usual > 0 else 1.0
    if times >= 1.5:
        return f"{odds}; {times:,.{0 if times >= 10 else 1}f} times the day's average"
    return f"{odds}; {'about' if times > 0.67 else 'below'} the day's average"

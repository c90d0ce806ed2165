"""Why a line scores as it does: exact contributions summed by concept, each told by facts; the line in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Final, TypedDict

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from originrisk.data.contract import SCORES
from originrisk.features.catalogue import CATALOGUE
from originrisk.features.lines import Floats
from originrisk.models.evidence import LineEvidence
from originrisk.models.flags import Flag, flags
from originrisk.models.origin_model import OriginModel
from originrisk.models.statements import STATEMENTS, Fact

SUMMARY: Final = 200
"""Characters of a summary at the most."""


class Reason(TypedDict):
    """One entry of the `reasons` column: a concept, what it adds to the log-odds, what is known of it."""

    concept: str
    contribution: float
    text: str
    facts: list[Fact]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a line scores as it does: concepts that raised it, those that lowered it (`against`, without a text), the
    log-odds before and after all, red flags, and all of it in a sentence."""

    reasons: list[Reason] = field(default_factory=list)
    against: list[Reason] = field(default_factory=list)
    base_log_odds: float | None = None
    log_odds: float | None = None
    flags: list[Flag] = field(default_factory=list)
    summary: str | None = None


TOLD: Final = tuple(one.name for one in fields(Explanation))


def by_concept(contributions: Floats, features: Sequence[str]) -> Floats:
    """Contributions of these features (n, features + 1) summed by the concepts of STATEMENTS (n, concepts + 1), the
    constant last: each row adds up to the same log-odds."""
    places = {feature.name: [*STATEMENTS].index(feature.concept) for feature in CATALOGUE}
    summed = np.zeros((len(contributions), len(STATEMENTS) + 1))
    summed[:, -1] = contributions[:, -1]
    for column, name in enumerate(features):  # one by one: a line's sums have the same bits in any batch
        summed[:, places[name]] += contributions[:, column]
    return summed


def explain(
    matrix: Floats,
    model: OriginModel,
    known: Sequence[LineEvidence],
    *,
    rows: npt.NDArray[np.intp],
    lines: int,
    most: int,
) -> list[Explanation]:
    """Why the lines at `rows` score as they do, at most `most` concepts either way; of the others nothing is told.

    `matrix` are the features of these rows (rows, features), `known` what is told of them.
    """
    told = [Explanation()] * lines
    summed = by_concept(model.contributions(matrix), model.features)
    for row, parts, of in zip(rows, summed, known, strict=True):
        told[row] = explanation(parts, of, most)
    return told


def explanation(parts: Floats, known: LineEvidence, most: int) -> Explanation:
    """One line's explanation from what each concept adds (concepts + 1,), the constant last."""
    order = np.argsort(-parts[:-1], kind="stable")
    names = [*STATEMENTS]
    raised = [_reason(names[i], parts[i], known) for i in order[:most] if parts[i] > 0]
    lowered = [_lowered(names[i], parts[i]) for i in order[::-1][:most] if parts[i] < 0]
    found = flags(known)
    return Explanation(raised, lowered, float(parts[-1]), float(parts.sum()), found, summary(found, raised))


def summary(found: Sequence[Flag], raised: Sequence[Reason]) -> str:
    """Flags, the two strongest concepts, and orders on the goods, as far as there is room; a finding is told once."""
    orders = [one for one in found if one["flag"] == "order_in_force"]
    again = {"finding_at_party"} if any(one["concept"] == "findings" for one in raised[:2]) else set()
    facts = [one for one in found if one not in orders and one["flag"] not in again]
    texts = [one["text"].rstrip(".") for one in (*facts, *raised[:2], *orders)]
    said = ""
    for text in texts:
        more = f"{said}; {text[:1].lower() + text[1:] if text[1:2].islower() else text}" if said else text
        said = more if len(more) < SUMMARY else said
    return f"{said or texts[0][: SUMMARY - 2] + '…'}." if texts else "Nothing is known that raises this line."


def told_columns(told: Sequence[Explanation]) -> dict[str, pa.Array]:
    """The contract's columns of `scores` that say why."""
    return {name: pa.array([getattr(one, name) for one in told], SCORES.schema.field(name).type) for name in TOLD}


def _reason(concept: str, contribution: float, known: LineEvidence) -> Reason:
    text, facts = STATEMENTS[concept](known)
    return {"concept": concept, "contribution": float(contribution), "text": text, "facts": facts}


def _lowered(concept: str, contribution: float) -> Reason:
    return {"concept": concept, "contribution": float(contribution), "text": "", "facts": []}

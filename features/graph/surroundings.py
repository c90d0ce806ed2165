"""Links through the graph: what is known of the other suppliers around a line, and of those it may follow.

The line's own supplier is left out, so that a supplier never seen before is judged by those it came among.
"""

from typing import Final

import numpy as np

from originrisk.features.feature import Feature, feature
from originrisk.features.graph.graph import FLOWS, UNIT
from originrisk.features.history.view import Known, base_rate, shrunk
from originrisk.features.lines import Floats, Lines

# What many suppliers share comes first: its rate says least.
FROM_WIDE_TO_NARROW: Final = (
    "consolidator",
    "importer",
    "seller",
    "importer*hts6",
    "importer*consolidator",
    "seller*consolidator",
    "importer*seller",
    "address",
)


@feature(
    "links",
    "share",
    "{value:.1%} of examinations of other suppliers around this line found Xinjiang inputs (shrunk).",
    monotone=1,
)
def neighbourhood_rate(_lines: Lines, known: Known) -> Floats:
    """Share of examinations of others around the line that found Xinjiang inputs; narrow ties shrunk to wide ones."""
    rate = base_rate(known)
    for flow in FROM_WIDE_TO_NARROW:
        found, examined = (known.told(f"graph.{flow}.others.{fact}") for fact in ("found", "examined"))
        rate = shrunk(found, examined, rate)
    return rate


@feature(
    "links",
    "score",
    "Ties, timing and what is known of those that fell silent make this a likely successor ({value:.2f}).",
    monotone=1,
)
def successor_score(_lines: Lines, known: Known) -> Floats:
    """Suspicion of suppliers that fell silent before this one came, 1 if listed, over all suppliers of each tie."""
    score = np.zeros(len(known.today))
    for flow in FLOWS:
        gone = f"graph.{flow}.gone"
        told = known.told(f"{gone}.suspicion") / UNIT + known.told(f"{gone}.listed")
        score += told / (1 + known.told(f"graph.{flow}.others"))
    return score


@feature(
    "links", "ties", "{value:.0f} of the line's ties lead to another supplier that is listed.", monotone=1
)
def ties_to_listed(_lines: Lines, known: Known) -> Floats:
    """Of the line's ties, those that lead to another supplier that is listed."""
    number: Floats = np.sum([known.told(f"graph.{flow}.others.listed") > 0 for flow in FLOWS], axis=0)
    return number.astype(np.float64)


FEATURES: tuple[Feature, ...] = (neighbourhood_rate, successor_score, ties_to_listed)

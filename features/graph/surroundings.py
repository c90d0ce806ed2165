"""Links through the graph: what is known of the other suppliers around a line, and of those it may follow.

The line's own supplier is left out, so that a supplier never seen before is judged by those it came among.
"""

from typing import Final

import numpy as np

from features.feature import Feature, feature, named
from features.graph.graph import FLOWS, UNIT
from features.known import Known
from features.lines import Bools, Floats, Lines, shared
from features.rates import base_rate, shrunk

WORDS: Final = {
    "importer": "importer",
    "seller": "seller",
    "consolidator": "consolidator",
    "address": "address",
    "importer*hts6": "importer with these goods",
    "importer*seller": "importer and seller",
    "importer*consolidator": "importer and consolidator",
    "seller*consolidator": "seller and consolidator",
}


def _mean(known: Known, kind: str, fact: str) -> Floats:
    """Mean of a fact over the suppliers of a flow that fell silent before the line's own came (n,); NaN for none."""
    gone = known.told(f"graph.{kind}.gone")
    mean: Floats = known.told(f"graph.{kind}.gone.{fact}") / np.where(gone > 0, gone, np.nan)
    return mean


@shared
def _suspicions(known: Known) -> Floats:
    """Mean suspicion of the suppliers that fell silent, flow by flow (flows, n); NaN for none."""
    return np.array([_mean(known, kind, "suspicion") for kind in FLOWS]) / UNIT


def _others_rate(kind: str, words: str) -> Feature:
    def column(_lines: Lines, known: Known) -> Floats:
        others = f"graph.{kind}.others"
        return shrunk(known.told(f"{others}.found"), known.told(f"{others}.examined"), base_rate(known))

    return named(
        f"{kind.replace('*', '_')}_others_found_rate",
        "links",
        unit="share",
        meaning=f"Share of examinations of other suppliers of the same {words} that found Xinjiang inputs, shrunk.",
        sentence=f"{{value:.1%}} of examinations of others at the same {words} found Xinjiang inputs (shrunk).",
        column=column,
        monotone=1,
    )


def _followed_from_china(kind: str, words: str) -> Feature:
    return named(
        f"{kind.replace('*', '_')}_followed_china",
        "links",
        unit="share",
        meaning=f"Share of Chinese among the suppliers of the same {words} that fell silent before this one came.",
        sentence=f"{{value:.0%}} of the suppliers of the same {words} that this one followed were Chinese.",
        column=lambda _lines, known: _mean(known, kind, "china"),
        missing="follows nobody",
    )


@feature("links", "share", "Suppliers that this one seems to follow were found out {value:.1%} above the usual.",
         missing="follows nobody", monotone=1)  # fmt: skip
def followed_suspicion(_lines: Lines, known: Known) -> Floats:
    """Mean find rate, above the general one, of suppliers that fell silent before this one came: worst of all ties."""
    means = _suspicions(known)
    followed = ~np.isnan(means).all(axis=0)
    return np.where(followed, np.nanmax(np.where(followed, means, 0.0), axis=0), np.nan)


@feature(
    "links",
    "ties",
    "By {value:.0f} of its ties the line may follow a listed supplier that fell silent.",
    monotone=1,
)
def followed_listed(_lines: Lines, known: Known) -> Floats:
    """Of the line's ties, those by which a listed supplier fell silent before this one came."""
    return _tied(known, "gone.listed")


@feature(
    "links", "ties", "{value:.0f} of the line's ties lead to another supplier that is listed.", monotone=1
)
def ties_to_listed(_lines: Lines, known: Known) -> Floats:
    """Of the line's ties, those that lead to another supplier that is listed."""
    return _tied(known, "others.listed")


@feature(
    "links",
    "score",
    "Ties, timing and what was found make this a likely successor ({value:.2f}).",
    monotone=1,
)
def successor_score(lines: Lines, known: Known) -> Floats:
    """Over the line's ties, mean suspicion of the suppliers that fell silent, and 1 where one of them is listed."""
    score: Floats = np.sum(np.nan_to_num(_suspicions(known)), axis=0)
    return score + followed_listed.compute(lines, known)


@feature("links", "share", "{value:.0%} of the suppliers that importer and seller shared fell silent before this one.",
         missing="no other supplier")  # fmt: skip
def importer_seller_gone_share(_lines: Lines, known: Known) -> Floats:
    """Share of the other suppliers of importer and seller that fell silent before this one came."""
    others = known.told("graph.importer*seller.others")
    share: Floats = known.told("graph.importer*seller.gone") / np.where(others > 0, others, np.nan)
    return share


def _tied(known: Known, fact: str) -> Floats:
    tied: list[Bools] = [known.told(f"graph.{kind}.{fact}") > 0 for kind in FLOWS]
    number: Floats = np.sum(tied, axis=0).astype(np.float64)
    return number


FEATURES: tuple[Feature, ...] = (
    *[_others_rate(kind, words) for kind, words in WORDS.items()],
    *[_followed_from_china(kind, WORDS[kind]) for kind in ("importer*hts6", "importer*seller")],
    followed_suspicion,
    followed_listed,
    ties_to_listed,
    successor_score,
    importer_seller_gone_share,
)

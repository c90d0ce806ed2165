"""What history counts, as data: for each key, which measures over which windows of days."""

from collections.abc import Mapping
from dataclasses import dataclass, field

EVER = 0
"""A window without a beginning."""

Windows = tuple[int, ...]

OUTCOME_MEASURES = ("examined", "found")
"""Of each conclusive outcome: that the line was examined, and whether inputs from Xinjiang were found."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts for one key (see `features.history.keys`). A window of w days holds the days D-w … D-1 before day D.

    `lines` are windows of the number of lines; `sums` of measures of a line; `outcomes` of examinations.
    `partners` names the parts of a joined key `a*b` that gain a distinct partner when the pair is first seen.
    """

    key: str
    lines: Windows = (EVER,)
    sums: Mapping[str, Windows] = field(default_factory=dict)
    outcomes: Windows = ()
    partners: tuple[str, ...] = ()


def _party(key: str) -> Tally:
    sums = {
        "china": (365,),
        "detour": (365,),
        "cotton": (365,),
        "cheap": (365,),
        "discount": (365,),
        "maker_suspicion": (365,),
        "trader_suspicion": (365,),
        "captive": (365,),
        "tied": (365,),
        "fresh": (365,),
        "returned": (365,),
        "listed": (EVER,),
    }
    return Tally(key, lines=(30, 365, EVER), sums=sums, outcomes=(EVER,))


def _pair(first: str, second: str, *gain: str) -> Tally:
    return Tally(f"{first}*{second}", partners=gain or (first, second))


def _flow(first: str, second: str, *gain: str, lines: Windows = (EVER,)) -> Tally:
    """A pair of which outcomes are counted too."""
    return Tally(f"{first}*{second}", lines=lines, outcomes=(EVER,), partners=gain or (first, second))


PRICES = ("unit", "kilo", "mass")
"""Log of value per unit, of value per kg, of kg per unit."""

PRICE_LEVELS = ("hts10*origin*unit", "hts10*unit", "hts6*unit")
"""Groups whose lines have a fair market price, from the narrowest to its parents."""

PRICE_PARTIES = ("supplier", "importer", "supplier*importer")
"""Whose own lines are left out of a benchmark: supplier and importer, and back in what both took out."""


RARITY_LEVEL = "hts10*unit"
"""Group in which the rarity of a low price is counted."""

LOW_STEPS = (-3.0, -2.25, -1.5, -1.0, -0.5, 0.0)
"""Spreads from the fair value: under each of them the cheaper lines are counted, by these names."""

LOW_MEASURES = tuple(f"under_{step}" for step in range(len(LOW_STEPS)))

COUNTED = {
    "lines",
    "china",
    "detour",
    "abroad",
    "cheap",
    "fresh",
    "returned",
    "listed",
    "freight_n",
    *(f"{price}_n" for price in PRICES),
    *LOW_MEASURES,
    *OUTCOME_MEASURES,
}
"""Measures that add 0 or 1 for a line: 32 bits hold their sums, where those of others need 64."""


def _prices(level: str) -> list[Tally]:
    own = {f"{price}_{part}": (365,) for price in PRICES for part in ("n", "sum")}
    spread = {f"{price}_spread": (365,) for price in PRICES}
    if level == RARITY_LEVEL:
        spread |= dict.fromkeys(LOW_MEASURES, (365,))
    parties = [Tally(f"{level}*{party}", lines=(), sums=own) for party in PRICE_PARTIES]
    return [Tally(level, lines=(), sums=own | spread), *parties]


_FREIGHT = {"freight_n": (365,), "freight_sum": (365,)}

TALLIES: tuple[Tally, ...] = (
    Tally("everything", outcomes=(EVER,)),
    *map(_party, ("supplier", "maker", "address", "seller", "consolidator", "importer")),
    Tally("filer", outcomes=(EVER,)),
    Tally("city*origin", outcomes=(EVER,)),
    Tally("mid"),
    Tally("mid_stem", outcomes=(EVER,)),
    _flow("supplier", "importer", lines=(365, EVER)),
    _flow("supplier", "hts6", "supplier"),
    _flow("importer", "seller"),
    Tally("importer*maker", outcomes=(EVER,)),
    _pair("supplier", "seller"),
    _pair("supplier", "consolidator"),
    _pair("supplier", "address"),
    _pair("supplier", "origin", "supplier"),
    _pair("mid", "maker", "maker"),
    _pair("mid_stem", "mid", "mid_stem"),
    Tally("importer*consolidator"),
    _pair("importer", "origin", "importer"),
    Tally("importer*hts6", lines=(365, EVER), sums={"china": (365, EVER)}, outcomes=(EVER,)),
    Tally("importer*hts6*origin", lines=(365, EVER), outcomes=(EVER,)),
    Tally("importer*hts6*supplier", lines=(365,)),
    Tally("text", outcomes=(EVER,)),
    Tally("supplier*value", lines=(365,)),
    Tally("supplier*hts10", lines=(365,)),
    Tally("hts10", outcomes=(EVER,)),
    Tally("hts6*origin", lines=(90, 365, EVER), outcomes=(EVER,)),
    Tally("hts4*origin", lines=(365, EVER), outcomes=(EVER,)),
    Tally("hts4", lines=(365, EVER), outcomes=(EVER,)),
    Tally("origin", lines=(90, 365, EVER), outcomes=(EVER,)),
    Tally("origin*export*lading", lines=(90, 365, EVER), sums=_FREIGHT, outcomes=(EVER,)),
    Tally("origin*export*lading*hts4", outcomes=(EVER,)),
    Tally("lading*hts4", outcomes=(EVER,)),
    Tally("origin*entry_port", outcomes=(EVER,)),
    _pair("supplier", "lading", "supplier"),
    Tally("lading", lines=(365,), sums={"abroad": (365,)}),
    Tally("importer*lading"),
    *[tally for level in PRICE_LEVELS for tally in _prices(level)],
)

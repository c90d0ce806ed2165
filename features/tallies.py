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
    """Counts for one key (see `features.keys`). A window of w days holds the days D-w … D-1 before day D.

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
        "value": (365,),
        "china": (365, EVER),
        "detour": (365,),
        "cotton": (365,),
        "cheap": (365,),
        "discount": (365,),
        "maker_suspicion": (365,),
        "trader_suspicion": (365,),
        "listed": (EVER,),
    }
    return Tally(key, lines=(30, 90, 365, EVER), sums=sums, outcomes=(365, EVER))


def _pair(first: str, second: str, *gain: str) -> Tally:
    return Tally(f"{first}*{second}", lines=(365, EVER), outcomes=(EVER,), partners=gain or (first, second))


PRICES = ("unit", "kilo", "mass")
"""Log of value per unit, of value per kg, of kg per unit."""

PRICE_LEVELS = ("hts10*origin*unit", "hts10*unit", "hts6*unit")
"""Groups whose lines have a fair market price, from the narrowest to its parents."""

PRICE_PARTIES = ("supplier", "importer", "supplier*importer")
"""Whose own lines are left out of a benchmark: supplier and importer, and back in what both took out."""


def _prices(level: str) -> list[Tally]:
    own = {f"{price}_{part}": (365,) for price in PRICES for part in ("n", "sum")}
    spread = {f"{price}_spread": (365,) for price in PRICES}
    parties = [Tally(f"{level}*{party}", lines=(), sums=own) for party in PRICE_PARTIES]
    return [Tally(level, lines=(), sums=own | spread), *parties]


_FREIGHT = {"freight_n": (365,), "freight_sum": (365,)}

TALLIES: tuple[Tally, ...] = (
    Tally("everything", lines=(365, EVER), sums={"china": (365,)}, outcomes=(365, EVER)),
    *map(_party, ("supplier", "maker", "address", "seller", "consolidator", "importer")),
    Tally("consignee", lines=(365, EVER), outcomes=(EVER,)),
    Tally("filer", lines=(365, EVER), sums={"china": (365,)}, outcomes=(EVER,)),
    Tally("city*origin", lines=(365, EVER), outcomes=(EVER,)),
    Tally("postal", outcomes=(EVER,)),
    Tally("mid"),
    Tally("mid_stem", lines=(365, EVER), outcomes=(EVER,)),
    _pair("supplier", "importer"),
    _pair("supplier", "seller"),
    _pair("supplier", "consolidator"),
    _pair("supplier", "address"),
    _pair("supplier", "origin", "supplier"),
    _pair("supplier", "hts6", "supplier"),
    _pair("mid", "maker"),
    _pair("mid_stem", "mid", "mid_stem"),
    _pair("importer", "seller"),
    _pair("importer", "consolidator"),
    _pair("importer", "origin", "importer"),
    _pair("importer", "maker"),
    _pair("seller", "consolidator"),
    Tally("importer*hts6", lines=(90, 365, EVER), sums={"china": (365, EVER)}, outcomes=(EVER,)),
    Tally("importer*hts6*origin", lines=(90, 365, EVER), outcomes=(EVER,)),
    Tally("importer*hts6*supplier", lines=(365,)),
    Tally("text", lines=(365,), outcomes=(EVER,)),
    Tally("supplier*value", lines=(365,)),
    Tally("supplier*hts10", lines=(365, EVER)),
    Tally("hts10", lines=(365, EVER), outcomes=(EVER,)),
    Tally("hts6*origin", lines=(90, 365, EVER), outcomes=(365, EVER)),
    Tally("hts4*origin", lines=(90, 365, EVER), outcomes=(365, EVER)),
    Tally("hts4", lines=(365, EVER), outcomes=(365, EVER)),
    Tally("origin", lines=(90, 365, EVER), outcomes=(365, EVER)),
    Tally("origin*export*lading", lines=(90, 365, EVER), sums=_FREIGHT, outcomes=(EVER,)),
    Tally("origin*export*lading*hts4", lines=(90, 365, EVER), outcomes=(EVER,)),
    Tally("lading*hts4", lines=(365, EVER), outcomes=(EVER,)),
    Tally("origin*entry_port", lines=(365, EVER), outcomes=(EVER,)),
    Tally("supplier*lading", lines=(365, EVER)),
    Tally("importer*lading", lines=(365, EVER)),
    *[tally for level in PRICE_LEVELS for tally in _prices(level)],
)

"""What history counts, as data: for each key, which measures over which windows of days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

EVER: Final = 0
"""A window without a beginning."""
YEAR: Final = 365

Windows = tuple[int, ...]

CONCLUSIVE: Final = ("examined", "found")
"""Of an examination that ended with evidence on origin: that there was one, and whether it found Xinjiang inputs."""
OUTCOME_MEASURES: Final = (*CONCLUSIVE, "inconclusive", "denied")
"""Beside these: that it ended without evidence, and that the goods were refused, whatever was found."""

PRICES: Final = ("unit", "kilo")
"""Log of value per unit, of value per kg."""
PRICE_LEVELS: Final = ("hts10*origin*unit", "hts10*unit", "hts6*unit")
"""Groups whose lines have a fair market price, from the narrowest to its parents."""


@dataclass(frozen=True, slots=True)
class AggregateSpec:
    """Counts for one key (see `features.history.keys`). A window of w days holds the days D-w … D-1 before day D.

    `lines` are windows of the number of lines; `sums` of measures of a line; `outcomes` are measures of examinations,
    counted ever, with the day of the last find.
    """

    key: str
    lines: Windows = (EVER,)
    sums: Mapping[str, Windows] = field(default_factory=dict)
    outcomes: tuple[str, ...] = ()


COUNTED: Final = {"lines", "china", "detour", "abroad", "cheap", "fresh", "freight_n", *OUTCOME_MEASURES} | {
    f"{price}_n" for price in PRICES
}
"""Measures that add 0 or 1 for a line: 32 bits hold their sums, where those of others need 64."""


def _party(key: str, *sums: str) -> AggregateSpec:
    return AggregateSpec(key, (YEAR, EVER), dict.fromkeys(sums, (YEAR,)), OUTCOME_MEASURES)


def _group(key: str, lines: Windows, *sums: str) -> AggregateSpec:
    return AggregateSpec(key, lines, dict.fromkeys(sums, (YEAR,)), CONCLUSIVE)


def _price(key: str, prices: tuple[str, ...], *parts: str) -> AggregateSpec:
    return AggregateSpec(key, (), {f"{price}_{part}": (YEAR,) for price in prices for part in parts})


TALLIES: Final = (
    _group("everything", ()),
    _party("supplier", "china", "detour", "material", "cheap", "discount", "fresh", "captive", "trader_excess"),
    _party("maker", "china", "cheap"),
    _party("address", "china", "cheap", "maker_excess", "trader_excess"),
    _party("seller", "china", "detour", "material", "fresh", "maker_excess"),
    _party("consolidator", "china", "detour", "material", "fresh", "maker_excess"),
    _party("importer", "china", "detour", "material", "discount", "fresh", "tied", "maker_excess", "trader_excess"),
    _group("supplier*importer", (YEAR, EVER)),
    _group("importer*maker", ()),
    _group("supplier*hts6", ()),
    _group("importer*hts6", (YEAR,), "china"),
    _group("importer*hts6*origin", (EVER,)),
    AggregateSpec("importer*seller"),
    _group("filer", ()),
    _group("city*origin", ()),
    _group("mid_stem", ()),
    _group("origin", (YEAR,)),
    _group("hts4", (YEAR,)),
    _group("hts4*origin", (YEAR,)),
    _group("hts10", ()),
    _group("text", ()),
    _group("hts6*origin", (EVER,)),
    _group("origin*export*lading", (YEAR, EVER), "freight_n", "freight_sum"),
    _group("origin*export*lading*hts4", (EVER,)),
    AggregateSpec("lading", (YEAR,), {"abroad": (YEAR,)}),
    AggregateSpec("supplier*lading"),
    AggregateSpec("importer*lading"),
    *(_price(level, PRICES, "n", "sum", "spread") for level in PRICE_LEVELS),
    _price(f"{PRICE_LEVELS[0]}*supplier", PRICES, "n", "sum"),
    _price(f"{PRICE_LEVELS[0]}*importer", ("kilo",), "n", "sum"),
)

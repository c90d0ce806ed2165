"""What a line adds to history on the day it is learned, in whole numbers."""

import numpy as np

from originrisk.features.commodity.cotton import likely_cotton
from originrisk.features.history.prices import DRAWN_IN, benchmarks, drawn_in, fixed, log_freight, log_prices
from originrisk.features.history.tallies import LOW_MEASURES, LOW_STEPS, PRICE_LEVELS, PRICES
from originrisk.features.history.view import Known, base_rate, found_rate, listed
from originrisk.features.lines import Floats, Ints, Lines
from originrisk.features.route import declared_in_china, loaded_abroad, through_china

MAKERS = ("supplier", "maker", "address")
TRADERS = ("seller", "consolidator")
CHEAP = -1.5
"""Spreads below the fair value from which a price counts as cheap."""


FRESH, DORMANT = 90, 180
"""Days: a supplier is new for so long; one that was away for longer has returned."""


def measures(lines: Lines, known: Known) -> dict[str, Ints]:
    """Measures of each line by name, (n,) each; `known` is history just before the lines are learned."""
    plain = {
        "lines": np.ones(lines.size, np.int64),
        "china": declared_in_china(lines).astype(np.int64),
        "detour": through_china(lines).astype(np.int64),
        "cotton": fixed(likely_cotton.compute(lines, known)),
        "abroad": loaded_abroad(lines).astype(np.int64),
        "captive": fixed(_share_after(known, "supplier*importer", "supplier")),
        "tied": fixed(_share_after(known, "supplier*importer", "importer")),
        "fresh": (~(known.since("supplier.first") > FRESH)).astype(np.int64),
        "returned": (known.since("supplier.last") > DORMANT).astype(np.int64),
        "listed": listed(lines, "manufacturer_name", known).astype(np.int64),
        "freight_n": (~np.isnan(log_freight(lines))).astype(np.int64),
        "freight_sum": fixed(log_freight(lines)),
    }
    suspicion = {
        "maker_suspicion": suspicion_of(known, MAKERS),
        "trader_suspicion": suspicion_of(known, TRADERS),
    }
    return plain | {name: fixed(values) for name, values in suspicion.items()} | _prices(lines, known)


def _share_after(known: Known, pair: str, party: str) -> Floats:
    """Share of the pair in the party's lines of the past year, this one counted in (n,).

    Its mean over the party's lines is a Herfindahl index: the chance that two lines have the same partner.
    """
    return (known.count(f"{pair}.lines.365") + 1) / (known.count(f"{party}.lines.365") + 1)


def suspicion_of(known: Known, parties: tuple[str, ...]) -> Floats:
    """Highest shrunk share of examinations with a find among the line's parties (n,), above the general share."""
    base = base_rate(known)
    highest = np.zeros_like(base)
    for party in parties:
        highest = np.maximum(highest, found_rate(known, party, base) - base)
    return highest


def _prices(lines: Lines, known: Known) -> dict[str, Ints]:
    added: dict[str, Ints] = {}
    benchmark = benchmarks(known, own=True)[PRICE_LEVELS[0]]
    for price in PRICES:
        logs, fair = log_prices(lines)[price], benchmark.of(price)
        near = drawn_in(logs, fair)
        added[f"{price}_n"] = (~np.isnan(logs)).astype(np.int64)
        added[f"{price}_sum"] = fixed(near)
        added[f"{price}_spread"] = fixed(np.abs(near - fair.centre))
        if price == "kilo":
            added["cheap"] = (fair.deviation(logs) < CHEAP).astype(np.int64)
            for name, step in zip(LOW_MEASURES, LOW_STEPS, strict=True):
                added[name] = (fair.deviation(logs) < step).astype(np.int64)
            added["discount"] = fixed(np.clip(fair.deviation(logs), -DRAWN_IN, DRAWN_IN))
    return added

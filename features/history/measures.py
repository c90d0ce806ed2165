"""What a line adds to history on the day it is learned, in whole numbers."""

from typing import Final

import numpy as np

from originrisk.features.declared import (
    declared_in_china,
    loaded_abroad,
    log_freight,
    log_prices,
    material_content,
    through_china,
)
from originrisk.features.history.prices import WINSORIZED, benchmark, fixed
from originrisk.features.history.tallies import PRICES
from originrisk.features.history.view import PointInTimeView, base_rate, shrunk
from originrisk.features.lines import Floats, Ints, Lines

MAKERS: Final = ("supplier", "maker", "address")
TRADERS: Final = ("seller", "consolidator")
CHEAP: Final = -1.5
"""Robust z-score below which a price counts as cheap."""
FRESH: Final = 90
"""Days for which a supplier is new."""


def measures(lines: Lines, view: PointInTimeView) -> dict[str, Ints]:
    """Measures of each line by name, (n,) each; `view` is history just before the lines are learned."""
    counted = {
        "lines": np.ones(lines.size, np.bool_),
        "china": declared_in_china(lines),
        "detour": through_china(lines),
        "abroad": loaded_abroad(lines),
        "fresh": ~(view.since("supplier.first") > FRESH),
        "freight_n": ~np.isnan(log_freight(lines)),
    }
    summed = {
        "material": np.nan_to_num(material_content(lines)),
        "captive": _share_after(view, "supplier"),
        "tied": _share_after(view, "importer"),
        "maker_excess": excess_rate(view, MAKERS),
        "trader_excess": excess_rate(view, TRADERS),
        "freight_sum": log_freight(lines),
    }
    return {
        **{name: values.astype(np.int64) for name, values in counted.items()},
        **{name: fixed(values) for name, values in summed.items()},
        **_prices(lines, view),
    }


def _share_after(view: PointInTimeView, party: str) -> Floats:
    """Share of supplier and importer together in the party's lines of the past year, this one counted in (n,).

    Its mean over the party's lines is a Herfindahl index: the chance that two lines have the same partner.
    """
    return (view.count("supplier*importer.lines.365") + 1) / (view.count(f"{party}.lines.365") + 1)


def excess_rate(view: PointInTimeView, parties: tuple[str, ...]) -> Floats:
    """Highest shrunk share of examinations with a find among the line's parties (n,), above the general share."""
    base = base_rate(view)
    found, examined = (
        view.counts(tuple(f"{party}.{measure}.ever" for party in parties)) for measure in ("found", "examined")
    )
    excess: Floats = np.maximum(shrunk(found, examined, base) - base, 0.0).max(axis=0)
    return excess


def _prices(lines: Lines, view: PointInTimeView) -> dict[str, Ints]:
    added: dict[str, Ints] = {}
    of_all = benchmark(view, own=True)
    for price in PRICES:
        logs, fair = log_prices(lines)[price], of_all.of(price)
        near = fair.winsorized(logs)
        added[f"{price}_n"] = (~np.isnan(logs)).astype(np.int64)
        added[f"{price}_sum"] = fixed(near)
        added[f"{price}_spread"] = fixed(np.abs(near - fair.centre))
    z = of_all.of("kilo").z(log_prices(lines)["kilo"])
    return added | {"cheap": (z < CHEAP).astype(np.int64), "discount": fixed(z.clip(-WINSORIZED, WINSORIZED))}

"""The price of a line beside what like goods cost: a year of other suppliers' lines and of the supplier's own."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.features.declared import log_prices
from originrisk.features.lines import Floats, Lines, units
from originrisk.models.statements import UNITS
from originrisk.serve.queue.evidence.past import Past

LEAST: Final = 8
"""Lines below which a middle and a spread say nothing."""
_PRICED: Final = (
    "entry_date", "quantity", "unit_of_measure", "second_quantity", "second_unit", "gross_weight_kg",
    "entered_value_usd",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Points:
    """Prices of lines: their days, and values in US dollars (n,)."""

    days: list[date]
    values: Floats


@dataclass(frozen=True, slots=True)
class Fair:
    """Quartiles of the peers' prices, and the share of peers that are cheaper."""

    low: float
    middle: float
    high: float
    cheaper: float


@dataclass(frozen=True, slots=True)
class Price:
    """One price of a line in US dollars, `measure` in words, among peers; `fair` is None with fewer than LEAST."""

    measure: str
    day: date
    value: float
    whose: str
    peers: Points
    own: Points
    fair: Fair | None

    @property
    def sentence(self) -> str:
        """What the comparison says."""
        if self.fair is None:
            return f"${self.value:,.2f} {self.measure}. Too few like lines of others to compare it with."
        times, cheaper = self.value / self.fair.middle, self.fair.cheaper
        share = {0.0: "none of them", 1.0: "all of them"}.get(cheaper, f"{cheaper:.0%} of them")
        return (
            f"${self.value:,.2f} {self.measure} is {times:.2f} times the middle of {len(self.peers.values):,} lines of "
            f"others, {self.whose} (${self.fair.middle:,.2f}); {share} cost less."
        )


def prices(line: pa.Table, past: Past) -> list[Price]:
    """The prices that a line (one row of `entries`) has: per unit of quantity as declared, per kilogram."""
    day, declared = line["entry_date"][0].as_py(), Lines.of(line.select(list(_PRICED)))
    unit = line["unit_of_measure"][0].as_py()
    size = float((units(declared) / declared.numbers["quantity"])[0])
    measures = (("unit", f"per {UNITS.get(unit, unit)}", size), ("kilo", "per kilogram", 1.0))
    found = []
    for name, measure, times in measures:
        value = float(np.exp(log_prices(declared)[name][0])) * times
        if not value > 0:
            continue

        def points(table: pa.Table, name: str = name, times: float = times) -> Points:
            """Prices of a table's lines in the year before, by the same unit."""
            same = _equal(table, line, "unit_of_measure") if name == "unit" else table
            same = same.filter(pc.greater_equal(same["entry_date"], pa.scalar(day - timedelta(365))))
            values = np.exp(log_prices(Lines.of(same.select(list(_PRICED))))[name]) * times
            kept = np.flatnonzero(values > 0)
            return Points(same["entry_date"].take(pa.array(kept)).to_pylist(), values[kept])

        whose = f"same goods from {line['country_of_origin'][0]}"
        peers = points(_equal(past.goods, line, "country_of_origin"))
        if len(peers.values) < LEAST:
            whose, peers = "same goods from anywhere", points(past.goods)
        fair = None
        if len(peers.values) >= LEAST:
            low, middle, high = np.quantile(peers.values, [0.25, 0.5, 0.75]).tolist()
            fair = Fair(low, middle, high, float((peers.values < value).mean()))
        own = points(_equal(past.supplier, line, "htsus"))
        found.append(Price(measure, day, value, whose, peers, own, fair))
    return found


def _equal(table: pa.Table, line: pa.Table, column: str) -> pa.Table:
    return table.filter(pc.fill_null(pc.equal(table[column], line[column][0]), False))

"""The price of a line beside what like goods cost: a year of other suppliers' lines, and the supplier's own."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.features.declared import log_prices
from originrisk.features.lines import Floats, Lines
from originrisk.serve.queue.evidence.past import Past

LEAST: Final = 8
"""Lines below which a middle and a spread say nothing."""
WORDS: Final = {"unit": "per unit", "kilo": "per kilogram"}
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
    """The prices that a line (one row of `entries`) has: per unit, per kilogram."""
    found, day = [], line["entry_date"][0].as_py()
    for name, measure in WORDS.items():
        value = float(np.exp(_logs(name, line)[0]))
        if not value > 0:
            continue
        whose = f"same goods from {line['country_of_origin'][0]}"
        peers = _points(name, _equal(past.goods, line, "country_of_origin"), line)
        if len(peers.values) < LEAST:
            whose, peers = "same goods from anywhere", _points(name, past.goods, line)
        fair = None
        if len(peers.values) >= LEAST:
            low, middle, high = np.quantile(peers.values, [0.25, 0.5, 0.75]).tolist()
            fair = Fair(low, middle, high, float((peers.values < value).mean()))
        own = _points(name, _equal(past.supplier, line, "htsus"), line)
        found.append(Price(measure, day, value, whose, peers, own, fair))
    return found


def _points(name: str, table: pa.Table, line: pa.Table) -> Points:
    same = _equal(table, line, "unit_of_measure") if name == "unit" else table
    values = np.exp(_logs(name, same))
    kept = np.flatnonzero(values > 0)
    return Points(same["entry_date"].take(pa.array(kept)).to_pylist(), values[kept])


def _equal(table: pa.Table, line: pa.Table, column: str) -> pa.Table:
    return table.filter(pc.fill_null(pc.equal(table[column], line[column][0]), False))


def _logs(name: str, table: pa.Table) -> Floats:
    return log_prices(Lines.of(table.select(list(_PRICED))))[name]

"""Checks of a day's lines before they are scored: how many, how complete, how usual beside the days before."""

from collections.abc import Callable
from datetime import date, timedelta
from math import sqrt
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.contract import ENTRIES
from originrisk.data.reference import countries_by_alpha_2, foreign_ports_by_code, us_ports_by_code
from originrisk.data.settings import Level, NightSettings
from originrisk.data.store.tables import Store
from originrisk.serve.night.measure import NOISE, Measure, factor, measure, rise, worst

KNOWN: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "country_of_origin": countries_by_alpha_2,
    "country_of_export": countries_by_alpha_2,
    "port_of_lading": foreign_ports_by_code,
    "port_of_unlading": us_ports_by_code,
    "port_of_entry": us_ports_by_code,
}
CATEGORIES: Final = (
    "entry_type",
    "country_of_origin",
    "country_of_export",
    "port_of_entry",
    "port_of_lading",
    "mode_of_transport",
    "unit_of_measure",
    "htsus",
)
VALUES: Final = ("entered_value_usd", "quantity", "gross_weight_kg")
OPTIONAL: Final = tuple(column.name for column in ENTRIES.columns if not column.required)
WEEKS: Final = 8


def check_lines(
    store: Store, day: date, counts: dict[str, Any], settings: NightSettings
) -> tuple[int, list[Measure]]:
    """Lines of the day, and what they measure. `counts` are those of the files taken in for it, by table."""
    today, usual = store.entries(day, day), _usual(store, day, settings)
    levels = settings.levels
    declared_empty = counts.get("entries", {}).get("read") == 0
    volume = _volume(len(today), usual, day, settings, declared_empty=declared_empty)
    measures = [
        volume,
        _rejected(counts, levels.rejected),
        worst("nulls", levels.nulls, _nulls(today, usual)),
        worst("codes", levels.codes, _codes(today, usual)),
        worst("categories", levels.categories, _categories(today, usual)),
        worst("values", levels.values, _values(today, usual)),
    ]
    return len(today), measures


def _usual(store: Store, day: date, settings: NightSettings) -> pa.Table:
    """Lines of the days before, as far as they had arrived by then."""
    table = store.entries(day - timedelta(settings.usual_days), day - timedelta(1))
    return table.filter(pc.less(table["received_on"], pa.scalar(day, pa.date32())))


def _volume(
    lines: int, usual: pa.Table, day: date, settings: NightSettings, *, declared_empty: bool
) -> Measure:
    """Beside the same day of the weeks before. A day without lines may warn, but there is nothing to stop."""
    days = [day - timedelta(7 * week) for week in range(1, settings.usual_days // 7 + 1)][:WEEKS]
    dates = np.asarray(usual["entry_date"])
    counts = np.array([(dates == np.datetime64(one)).sum() for one in days])
    median = float(np.median(counts)) if len(dates) else 0.0
    level = settings.levels.volume
    if median < settings.least_usual or (not lines and declared_empty):
        return measure("volume", level, 0.0)
    spread = float(1.4826 * np.median(np.abs(np.log(np.maximum(counts, 1) / median))))
    noise = NOISE * sqrt(spread**2 / 4 + 3 / max(lines, median) + 3 / median)
    if not lines:
        return measure("volume", Level(warn=level.warn, stop=None), factor(0.5, median, 0.0))
    return measure("volume", level, factor(lines, median, noise))


def _rejected(counts: dict[str, Any], level: Level) -> Measure:
    shares = {table: of["rejected"] / of["read"] for table, of in counts.items() if of["read"]}
    return worst("rejected", level, shares)


def _nulls(today: pa.Table, usual: pa.Table) -> dict[str, float]:
    return {
        name: rise(today[name].null_count, len(today), usual[name].null_count, len(usual))
        for name in OPTIONAL
    }


def _codes(today: pa.Table, usual: pa.Table) -> dict[str, float]:
    """Rise of the share of codes that no reference table knows."""
    return {
        name: rise(_others(today[name], known()), len(today), _others(usual[name], known()), len(usual))
        for name, known in KNOWN.items()
    }


def _categories(today: pa.Table, usual: pa.Table) -> dict[str, float]:
    """Share of lines with a level that no line had in the days before; of tariff numbers the heading counts."""
    if not len(usual):
        return {}
    return {
        name: rise(_others(_level(today, name), _level(usual, name).unique()), len(today), 0, len(usual))
        for name in CATEGORIES
    }


def _level(table: pa.Table, name: str) -> pa.ChunkedArray:
    return pc.utf8_slice_codeunits(table[name], 0, 4) if name == "htsus" else table[name]


def _others(column: pa.ChunkedArray, known: Any) -> int:
    among = pc.is_in(column, pa.array(known, pa.string()))
    return int(pc.sum(pc.and_(pc.is_valid(column), pc.invert(among))).as_py() or 0)


def _values(today: pa.Table, usual: pa.Table) -> dict[str, float]:
    """Shift of the median logarithm."""
    return {name: _shift(_logs(today[name]), _logs(usual[name])) for name in VALUES}


def _logs(column: pa.ChunkedArray) -> Any:
    values = np.asarray(column.drop_null(), np.float64)
    return np.log(values[values > 0])


def _shift(today: Any, usual: Any) -> float:
    if not len(today) or not len(usual):
        return 0.0
    noise = NOISE * 1.2533 * float(np.std(usual)) * sqrt(3 / len(today) + 3 / len(usual))
    return max(0.0, abs(float(np.median(today) - np.median(usual))) - noise)

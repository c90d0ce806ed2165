"""Checks of a night before it scores: measures beyond the noise of small numbers, with levels that warn or stop."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from math import log, sqrt
from typing import Any, Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import poisson

from originrisk.data.contract import ENTRIES, LINE_KEY
from originrisk.data.errors import Problem
from originrisk.data.reference import countries_by_alpha_2, foreign_ports_by_code, us_ports_by_code
from originrisk.data.settings import Level, NightSettings
from originrisk.data.store.tables import Store

NOISE = 4.0
"""Standard deviations that chance may reach: some thirty measures every night, and none of them raised in vain."""

Verdict = Literal["ok", "warn", "stop"]


@dataclass(frozen=True, slots=True)
class Measure:
    """`value` is 0 within the noise. `about` names a column or a feature, never what a cell holds."""

    name: str
    value: float
    warn: float | None
    stop: float | None
    about: str = ""

    @property
    def verdict(self) -> Verdict:
        """What it says about the night."""
        if self.stop is not None and self.value > self.stop:
            return "stop"
        return "warn" if self.warn is not None and self.value > self.warn else "ok"

    def row(self) -> dict[str, Any]:
        """The same as plain values."""
        return {**asdict(self), "value": round(self.value, 6), "verdict": self.verdict}

    def problem(self) -> Problem:
        """The same as a refusal."""
        where = f"quality gate, {self.name}" + (f" ({self.about})" if self.about else "")
        step = "Look into the night's report; put it right, or raise the level in settings.toml; run again."
        return Problem(where, f"at most {self.stop:g}", f"{self.value:.3g}", step)


def measure(name: str, level: Level, value: float, about: str = "") -> Measure:
    """A measure against its level."""
    return Measure(name, value, level.warn, level.stop, about)


def worst(name: str, level: Level, values: dict[str, float]) -> Measure:
    """The greatest of several values, and whose it is."""
    about = max(values, key=lambda one: values[one], default="")
    value = values.get(about, 0.0)
    return measure(name, level, value, about if value else "")


def rise(today: int, lines: int, usual: int, usual_lines: int, *, clumped: float = 3.0) -> float:
    """By how much a share rose, beyond the noise; 0 where there is nothing to compare.

    `clumped`: lines come in shipments, so that this many of them say as much as one on its own would.
    """
    if not lines or not usual_lines:
        return 0.0
    before = usual / usual_lines
    spread = max(before * (1 - before), 0.25 / (usual_lines + 1))
    noise = NOISE * sqrt(clumped * spread * (1 / lines + 1 / usual_lines))
    return max(0.0, today / lines - before - noise)


def factor(today: float, usual: float, noise: float) -> float:
    """By what factor two positive numbers differ, as a logarithm, beyond the noise."""
    return max(0.0, abs(log(today / usual)) - noise)


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


def check_lines(store: Store, day: date, counts: dict[str, Any], settings: NightSettings) -> tuple[int, list[Measure]]:
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


def _volume(lines: int, usual: pa.Table, day: date, settings: NightSettings, *, declared_empty: bool) -> Measure:
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
    return {name: rise(today[name].null_count, len(today), usual[name].null_count, len(usual)) for name in OPTIONAL}


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


RECENT: Final = 28
BEFORE: Final = 84
WEEK: Final = 7
CHANCE: Final = 1e-5
SCORED_DAYS: Final = 365
CALIBRATED_DAYS: Final = 90
"""Results of so many days are held against the scores that were published for their lines."""


def check_arrivals(store: Store, day: date, settings: NightSettings) -> list[Measure]:
    """Measures of what had arrived before the day."""
    outcomes, levels = store.outcomes(), settings.levels
    return [
        measure("labels", levels.labels, _fewer_results(outcomes, day)),
        measure("late", levels.late, _late(store, day, settings.usual_days)),
        measure("calibration", levels.calibration, _miscalibrated(store, outcomes, day)),
    ]


def _fewer_results(outcomes: pa.Table, day: date) -> float:
    """By what factor (logarithm) results became fewer in the last weeks; 0 where chance may do that.

    Results come in bunches: three count as one.
    """
    recent = _between(outcomes, "outcome_date", day - timedelta(RECENT), day)
    before = _between(outcomes, "outcome_date", day - timedelta(RECENT + BEFORE), day - timedelta(RECENT))
    usual = len(before) * RECENT / BEFORE
    if poisson.cdf(len(recent) / 3, max(usual, 1e-9) / 3) > CHANCE:
        return 0.0
    return log(usual / (len(recent) + 0.5))


def _late(store: Store, day: date, usual_days: int) -> float:
    """Rise of the share of lines that came after their day of entry, among those received in the last week."""
    columns = ["entry_date", "received_on"]
    table = store.entries(day - timedelta(usual_days), day, columns=columns)
    last = day - timedelta(WEEK)
    recent = _between(table, "received_on", last, day)
    before = _between(table, "received_on", day - timedelta(usual_days), last)
    return rise(_come_late(recent), len(recent), _come_late(before), len(before), clumped=6.0)


def _miscalibrated(store: Store, outcomes: pa.Table, day: date) -> float:
    """Factor (logarithm) between found and promised among random examinations of scored lines, beyond chance."""
    random = outcomes.filter(
        pc.and_(pc.equal(outcomes["selection"], "random"), pc.not_equal(outcomes["result"], "inconclusive"))
    )
    known = _between(random, "outcome_date", day - timedelta(CALIBRATED_DAYS), day)
    scores = store.scores(day - timedelta(SCORED_DAYS), day - timedelta(1))
    both = scores.select([*LINE_KEY, "probability"]).join(
        known.select([*LINE_KEY, "result"]), list(LINE_KEY), join_type="inner"
    )
    promised = np.asarray(both["probability"], np.float64)
    found, expected = int(pc.sum(pc.equal(both["result"], "xinjiang")).as_py() or 0), float(promised.sum())
    if abs(found - expected) <= NOISE * sqrt(float((promised * (1 - promised)).sum()) + 0.25):
        return 0.0
    return abs(log((found + 0.5) / (expected + 0.5)))


def _between(table: pa.Table, column: str, first: date, last: date) -> pa.Table:
    """Rows from the day `first` to the day before `last`."""
    days = table[column]
    after = pc.greater_equal(days, pa.scalar(first, pa.date32()))
    return table.filter(pc.and_(after, pc.less(days, pa.scalar(last, pa.date32()))))


def _come_late(lines: pa.Table) -> int:
    return int(pc.sum(pc.greater(lines["received_on"], lines["entry_date"])).as_py() or 0)

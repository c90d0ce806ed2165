"""Checks of what arrived: results of examinations, late lines, and whether scores kept what they promised."""

from datetime import date, timedelta
from math import log, sqrt
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import poisson

from originrisk.data.contract import LINE_KEY
from originrisk.data.settings import NightSettings
from originrisk.data.store.tables import Store
from originrisk.serve.night.measure import NOISE, Measure, measure, rise

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

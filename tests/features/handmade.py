"""Small worlds made by hand for single features: like lines, and what a feature answers on the last day."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from originrisk.features.catalogue.feature import Feature
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.history.view import see
from originrisk.features.lines import Floats, Lines
from tests.features.factory import SHIPPED, change, entries

NOTHING = Outcomes.conclusive(np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.bool_))


def world(days: list[date], **columns: list[object]) -> pa.Table:
    """Like lines of one supplier, importer and way on these days, but for the columns given."""
    first = entries(1)
    table = pa.concat_tables([first] * len(days))
    numbers: list[object] = [f"XX{number:07d}" for number in range(len(days))]
    same: dict[str, list[object]] = {
        "entry_number": numbers,
        "entry_date": [*days],
        "received_on": [*days],
        "port_of_lading": ["57035"] * len(days),
        "quantity": [100.0] * len(days),
        "unit_of_measure": ["NO"] * len(days),
        "gross_weight_kg": [50.0] * len(days),
        "entered_value_usd": [500.0] * len(days),
        "htsus": ["6109100012"] * len(days),
        "manufacturer_id": ["CNAELOQ16CIT"] * len(days),
    }
    return change(table, **{**same, **columns})


def last(feature: Feature, table: pa.Table) -> Floats:
    """The feature of the lines of the last day."""
    lines, history = Lines.of(table), History()
    day = int(lines.days["entry_date"].max())
    list(replay(history, lines, NOTHING, day - 1, SHIPPED))
    asked = lines.take(np.flatnonzero(lines.days["entry_date"] == day))
    return feature.compute(asked, see(history, asked, SHIPPED))


def in_turn(start: date, count: int, step: int = 1) -> list[date]:
    """`count` days from `start`."""
    return [start + timedelta(days=step * number) for number in range(count)]

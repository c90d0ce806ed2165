"""Hypothesis worlds of a few lines: ties, gaps, empty days, late and early lines, keys seen once, empty cells."""

from datetime import timedelta
from typing import Any

import pyarrow as pa
from hypothesis import Phase, settings
from hypothesis import strategies as st

from originrisk.data.contract import ENTRIES, OUTCOMES
from tests.features.factory import GOODS, START, mid, name, word

QUICK = settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""Without shrinking, which would take minutes; the printed seed reproduces a failure."""

GAPS = st.sampled_from([0, 0, 0, 1, 1, 2, 28, 29, 30, 31, 60, 89, 90, 91, 300, 364, 365, 366])
LATENESS = st.sampled_from([0, 0, 0, 0, 1, 2, 30, 365, -3])
RESULTS = ["xinjiang", "not_xinjiang", "inconclusive", None]
WHO = st.sampled_from([0, 0, 1, 1, 2, None])


def text(spell: Any) -> st.SearchStrategy[str | None]:
    """A party, spelled by `spell`; sometimes nobody."""
    return WHO.map(lambda number: None if number is None else spell(number))


def amounts(*values: float) -> st.SearchStrategy[float | None]:
    """One of a few amounts, so that values repeat."""
    return st.sampled_from([*values, None])


LINE = st.fixed_dictionaries(
    {
        "gap": GAPS,
        "late": LATENESS,
        "maker": st.sampled_from([0, 0, 1, 2]),
        "named": st.booleans(),
        "importer_number": text(lambda who: f"12-34567{who:02d}00"),
        "consignee_number": text(lambda who: f"12-34567{who:02d}00"),
        "manufacturer_address": text(lambda who: f"{10 + who} RING ROAD"),
        "manufacturer_city": text(lambda who: f"CITY{who}"),
        "manufacturer_postal_code": text(lambda who: f"31000{who}"),
        "seller_name": text(lambda who: f"{word(who)} TRADING"),
        "consolidator_name": text(lambda who: f"{word(who)} LOGISTICS"),
        "country_of_origin": st.sampled_from(["CN", "CN", "VN", "HK"]),
        "country_of_export": st.sampled_from(["CN", "VN", None]),
        "port_of_lading": st.sampled_from(["57035", "55224", None]),
        "port_of_entry": st.sampled_from(["2704", "4601", None]),
        "htsus": st.sampled_from([*GOODS[:3], "610910", "6109"]),
        "description": st.sampled_from(["T-SHIRT 100% COTTON", "PHONES", None]),
        "quantity": amounts(1, 10, 500),
        "unit_of_measure": st.sampled_from(["DOZ", "NO", None]),
        "gross_weight_kg": amounts(2, 90, 4000),
        "entered_value_usd": st.sampled_from([0.0, 99.5, 100.0, 100.0, 12345.67]),
        "charges_usd": amounts(3, 70),
        "outcome": st.none() | st.tuples(st.sampled_from([0, 1, 1, 40, 366]), st.sampled_from(RESULTS)),
    }
)


@st.composite
def worlds(draw: st.DrawFn, least: int = 10, most: int = 30) -> tuple[pa.Table, pa.Table]:
    """Entries and outcomes in the contract's shape."""
    lines = draw(st.lists(LINE, min_size=least, max_size=most))
    day, rows, examined = START, [], []
    for number, line in enumerate(lines):
        day += timedelta(days=line["gap"])
        rows.append(_entry(line, number, day))
        if line["outcome"]:
            examined.append(_outcome(line, rows[-1]))
    return _table(ENTRIES.schema, rows), _table(OUTCOMES.schema, examined)


def _entry(line: dict[str, Any], number: int, day: Any) -> dict[str, Any]:
    maker = line["maker"]
    return line | {
        "entry_number": f"XX{number // 2:07d}",
        "line_number": number % 2 + 1,
        "entry_date": day,
        "received_on": day + timedelta(days=line["late"]),
        "manufacturer_name": name(maker),
        "manufacturer_id": mid(line["country_of_origin"], maker) if line["named"] else None,
    }


def _outcome(line: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    delay, result = line["outcome"]
    key = {column: entry[column] for column in ("entry_number", "line_number")}
    known_on = entry["entry_date"] + timedelta(days=delay) if result else None
    return key | {"selected_date": entry["entry_date"], "outcome_date": known_on, "result": result}


def _table(schema: pa.Schema, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table({field.name: pa.array([row.get(field.name) for row in rows], field.type) for field in schema})

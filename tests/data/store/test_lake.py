"""Upsert against an independent oracle: a dictionary that takes every delivery in turn."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from originrisk.data.contract import ENTRIES, OUTCOMES, Table
from originrisk.data.store.tables import Store

DAYS = [date(2021, 3, 5), date(2021, 3, 30), date(2021, 4, 1), date(2021, 12, 31)]
DELIVERY = st.dictionaries(
    st.integers(1, 6), st.tuples(st.sampled_from(DAYS), st.sampled_from(["CN", "VN", None])), max_size=6
)


def _rows(table: Table, delivery: dict[int, tuple[date, str | None]]) -> pa.Table:
    day, word = ("entry_date", "country_of_origin") if table is ENTRIES else ("selected_date", "result")
    rows = [
        {"entry_number": "ABC12345676", "line_number": line, day: when, word: what}
        for line, (when, what) in delivery.items()
    ]
    return pa.Table.from_pylist(rows, schema=table.schema)


@settings(max_examples=25)
@given(deliveries=st.lists(DELIVERY, min_size=1, max_size=4))
@pytest.mark.parametrize("table", [ENTRIES, OUTCOMES], ids=lambda table: table.name)
def test_the_store_holds_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, table: Table, deliveries: list[dict[int, tuple[date, str | None]]]
) -> None:
    store, expected = Store(tmp_path_factory.mktemp("home")), dict[int, tuple[date, str | None]]()
    for delivery in deliveries:
        before = store.versions()
        counts = store.upsert(table.name, _rows(table, delivery).to_batches())
        changed = {line for line, cells in delivery.items() if expected.get(line) != cells}
        assert counts.new == len(delivery.keys() - expected.keys())
        assert counts.new + counts.corrected == len(changed)
        assert counts.unchanged == len(delivery) - len(changed)
        assert (store.versions() == before) == (not changed)
        expected |= delivery
    held = store.entries() if table is ENTRIES else store.outcomes()
    order = [("line_number", "ascending")]
    assert held.sort_by(order).equals(_rows(table, expected).sort_by(order))


def test_a_correction_touches_no_file_of_another_month(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.upsert("entries", _rows(ENTRIES, dict.fromkeys(range(1, 4), (DAYS[0], "CN"))).to_batches())
    store.upsert("entries", _rows(ENTRIES, dict.fromkeys(range(4, 7), (DAYS[2], "CN"))).to_batches())
    march = set((tmp_path / "lake" / "entries" / "entry_month=2021-03").iterdir())
    store.upsert("entries", _rows(ENTRIES, {5: (DAYS[2], "VN")}).to_batches())
    assert set((tmp_path / "lake" / "entries" / "entry_month=2021-03").iterdir()) == march

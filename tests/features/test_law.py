"""The legal basis of hand-made lines: docs/law.csv, which is also a page."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES
from originrisk.data.law import LONGEST
from originrisk.features.lines import Lines
from originrisk.features.lists import legal_basis
from tests.features.factory import SHIPPED

TABLE = Path(__file__).parents[2] / "docs" / "law.csv"
with TABLE.open(encoding="utf-8", newline="") as _file:
    CASES = list(csv.DictReader(_file))


def _bases(case: dict[str, str]) -> list[dict[str, Any]]:
    cells = {
        "entry_date": date.fromisoformat(case["day"]),
        "htsus": case["htsus"],
        "country_of_origin": case["origin"],
        "manufacturer_id": case["mid"] or None,
        "manufacturer_name": case["maker"] or None,
        "manufacturer_city": case["city"] or None,
        "manufacturer_postal_code": case["postal_code"] or None,
        "manufacturer_address": case["address"] or None,
        "seller_name": case["seller"] or None,
    }
    found: list[dict[str, Any]] = legal_basis(
        Lines.of(pa.Table.from_pylist([cells], ENTRIES.schema)), SHIPPED
    )[0].as_py()
    return found


@pytest.mark.parametrize("case", CASES, ids=[f"{case['goods']}, {case['day']}" for case in CASES])
def test_what_covers_a_line(case: dict[str, str]) -> None:
    bases = _bases(case)
    told = [f"{one['instrument']}{one['sublist'] or ''} ({one['procedure']})" for one in bases]
    assert "; ".join(told) == case["instruments"]
    assert any(one["barred"] for one in bases) is (case["barred"] == "yes")
    assert all(len(one["text"]) <= LONGEST for one in bases)
    assert [one["since"] for one in bases] == sorted(one["since"] for one in bases)


def test_the_table_is_large_enough() -> None:
    assert len(CASES) >= 60

"""The legal basis of hand-made lines: docs/law.csv, which is also a page."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES
from originrisk.data.law import LONGEST, on_party
from originrisk.data.reference import orders
from originrisk.data.reference.materials import MATERIALS, content, expected_share
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
    found: list[dict[str, Any]] = legal_basis(Lines.of(pa.Table.from_pylist([cells], ENTRIES.schema)), SHIPPED)[
        0
    ].as_py()
    return found


def _told(basis: dict[str, Any]) -> str:
    name = f"{basis['instrument']}{basis['sublist'] or ''}"
    return name if name == basis["procedure"] else f"{name} ({basis['procedure']})"


@pytest.mark.parametrize("case", CASES, ids=[f"{case['goods']}, {case['day']}" for case in CASES])
def test_what_covers_a_line(case: dict[str, str]) -> None:
    bases = _bases(case)
    told = [_told(one) for one in bases]
    assert "; ".join(told) == case["instruments"]
    assert any(one["barred"] for one in bases) is (case["barred"] == "yes")
    assert all(len(one["text"]) <= LONGEST for one in bases)
    assert [one["since"] for one in bases] == sorted(one["since"] for one in bases)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['goods']}, {case['day']}" for case in CASES])
def test_material_and_expected_share(case: dict[str, str]) -> None:
    days = np.array([case["day"]], "datetime64[D]")
    material, part = content(case["htsus"], int(orders.tariff(days)[0]))
    assert (MATERIALS[material] if material >= 0 else "") == case["material"]
    assert ("" if np.isnan(part) else f"{part:.2f}") == case["content"]
    (share,) = expected_share(np.array([material]), np.array([case["origin"]], dtype=object), days)
    assert ("" if np.isnan(share) else f"{share:.2f}") == case["share"]


def test_sentences_say_what_is_barred_and_what_is_a_condition() -> None:
    texts = {one["text"] for case in CASES for one in _bases(case)}
    of_cotton = "WRO since 2021-01-13: goods with cotton or tomatoes of Xinjiang, wherever they are made"
    of_all = "UFLPA since 2022-06-21: goods of any kind made wholly or in part in Xinjiang"
    assert {
        f"{of_cotton}.",
        f"{of_cotton}; cases run under the UFLPA.",
        "WRO since 2021-01-13: the maker is declared in Xinjiang, its goods are to be detained.",
        f"{of_all}.",
        f"{of_all}; priority sector since 2025-08-19.",
        "UFLPA since 2022-06-21: the declaration puts the maker in Xinjiang, its goods are presumed barred.",
        "Shandong Meijia Group (maker): UFLPA list (ii) since 2024-06-12, labour transfer: "
        "barred without any Xinjiang input.",
        "Heze Cotton and Linen Co., Ltd. (seller): UFLPA list (v) since 2024-05-17, sourcing: barred if made by it.",
        "Hetian Taida Apparel Co., Ltd. (maker): WRO since 2019-09-30, garments; cases run under the UFLPA.",
    } <= texts


def test_days_of_a_batch_are_told_apart() -> None:
    cells = [
        {"entry_date": date(2021, 1, day), "htsus": "6109100012", "country_of_origin": "VN"} for day in (14, 12, 13)
    ]
    found = legal_basis(Lines.of(pa.Table.from_pylist(cells, ENTRIES.schema)), SHIPPED)
    assert [len(bases) for bases in found.to_pylist()] == [2, 1, 2]


@pytest.mark.parametrize(
    ("description", "covered"),
    [
        ("65% POLY 35% COTTON WORK GLOVES", True),
        ("100% POLYESTER GLOVES", False),
        ("65% POLY 35% VISCOSE, EXCL. COTTON", False),
        ("MACHINE FOR COTTON GINNING", False),
        (None, False),
    ],
)
def test_a_share_that_the_description_gives_covers_a_line_whose_number_names_no_goods_of_an_order(
    description: str | None, covered: bool
) -> None:
    line = {"entry_date": date(2021, 11, 3), "htsus": "6216005420", "description": description}
    (bases,) = legal_basis(Lines.of(pa.Table.from_pylist([line], ENTRIES.schema)), SHIPPED).to_pylist()
    assert ("Xinjiang order" in {one["instrument"] for one in bases}) is covered


def test_a_long_or_hostile_name_leaves_the_sentence_whole() -> None:
    listing = {"effective_date": date(2024, 6, 12), "programme": "UFLPA (ii)", "scope": None, "name": "X" * 500}
    text = on_party("consolidator", listing, date(2024, 6, 12)).text
    assert len(text) == LONGEST
    assert text.endswith("X… (consolidator): UFLPA list (ii) since 2024-06-12, labour transfer: barred if made by it.")
    order = listing | {"programme": "W" * 99, "scope": "goods " * 99}
    assert len(on_party("maker", order, date(2024, 6, 12)).text) == LONGEST


def test_nothing_is_asked_of_no_lines() -> None:
    assert legal_basis(Lines.of(ENTRIES.schema.empty_table()), SHIPPED).to_pylist() == []


def test_the_table_is_large_enough() -> None:
    assert len(CASES) >= 150

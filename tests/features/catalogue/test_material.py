"""Features of the material, each by example: an ordinary line, a missing value and an edge."""

from datetime import date
from math import isnan, log, nan
from typing import Any

import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES
from originrisk.data.reference.materials import MATERIALS
from originrisk.features.catalogue import material, price
from originrisk.features.catalogue.feature import Feature
from originrisk.features.lines import Lines

FEATURES = {feature.name: feature for feature in (*material.FEATURES, *price.FEATURES)}
COTTON, ALUMINIUM, SOLAR = (float(MATERIALS.index(name)) for name in ("cotton", "aluminium", "polysilicon"))
TEE, BLEND, PHONE, PANEL, WHEEL, SHEET = (
    "6109100012",
    "6110303053",
    "8517130000",
    "8541430010",
    "8708704530",
    "7606123096",
)


def line(**cells: Any) -> Lines:
    """A line of goods of China on 2025-09-01, with these cells."""
    row = {
        "entry_number": "Z0A10000003",
        "line_number": 1,
        "entry_date": date(2025, 9, 1),
        "received_on": date(2025, 9, 1),
        "country_of_origin": "CN",
        "htsus": TEE,
        "entered_value_usd": 100.0,
        **cells,
    }
    return Lines.of(pa.table({f.name: pa.array([row.get(f.name)], f.type) for f in ENTRIES.schema}))


def value(feature: Feature, lines: Lines) -> float:
    """What the feature says of the line, by itself."""
    nothing: Any = None
    return float(feature.compute(lines, nothing)[0])


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("main_material", {}, COTTON),
        ("main_material", {"htsus": PANEL}, SOLAR),
        ("main_material", {"htsus": PHONE}, nan),
        ("main_material", {"htsus": PHONE, "description": "ALUMINUM PHONE CASE"}, ALUMINIUM),
        ("main_material", {"htsus": SHEET, "description": "SHEET 100% COTTON"}, ALUMINIUM),
        ("main_material", {"htsus": "8541406015", "entry_date": date(2021, 5, 1)}, SOLAR),
        ("main_material", {"htsus": "8541406015"}, nan),
        ("material_content", {}, 0.85),
        ("material_content", {"description": "TEE 60/40 COTTON/POLY"}, 0.6),
        ("material_content", {"description": "POLY/COTTON TEE"}, 0.85),
        ("material_content", {"description": "TEE OTHER THAN COTTON"}, 0.0),
        ("material_content", {"htsus": WHEEL}, 0.6),
        ("material_content", {"htsus": PHONE, "description": "CASE OF COTTON"}, nan),
        ("material_content", {"htsus": PHONE}, nan),
        ("described_content", {"description": "95% COTTON 5% SPANDEX"}, 0.95),
        ("described_content", {"description": "COTTON TEE"}, nan),
        ("described_content", {"description": "100% POLYESTER"}, 0.0),
        ("described_content", {}, nan),
        ("origin_exposure", {}, 0.97 * 0.69),
        ("origin_exposure", {"country_of_origin": "VN"}, 0.45 * 0.69),
        ("origin_exposure", {"country_of_origin": "MY"}, nan),
        ("origin_exposure", {"htsus": PANEL, "country_of_origin": "MY"}, 0.96 * 0.34),
        ("origin_exposure", {"htsus": SHEET, "entry_date": date(2024, 2, 1)}, nan),
        ("origin_exposure", {"htsus": SHEET}, 0.96 * 0.15),
        ("origin_exposure", {"htsus": "0304620020", "country_of_origin": "CN"}, 0.0),
        ("expected_xinjiang_share", {"description": "TEE 60/40 COTTON/POLY"}, 0.6 * 0.97 * 0.69),
        ("expected_xinjiang_share", {"htsus": PHONE}, nan),
        ("expected_xinjiang_share", {"description": "TEE EXCL. COTTON"}, 0.0),
        ("material_only_in_text", {"htsus": "6203434010", "description": "PANTS POLY/COTTON"}, 1),
        ("material_only_in_text", {"description": "100% COTTON"}, 0),
        ("material_only_in_text", {"htsus": "6203434010", "description": "PANTS OTHER THAN COTTON"}, 0),
        ("material_only_in_text", {"htsus": PHONE}, 0),
        ("metal_of_china", {"htsus": SHEET, "country_of_origin": "VN", "smelt_country": "CN"}, 1),
        ("metal_of_china", {"htsus": SHEET, "country_of_origin": "VN", "cast_country": "CN"}, 1),
        ("metal_of_china", {"htsus": SHEET, "country_of_origin": "MX", "smelt_country": "CA"}, 0),
        ("metal_of_china", {"htsus": SHEET, "smelt_country": "CN"}, 0),
        ("metal_of_china", {"htsus": SHEET, "country_of_origin": "MX"}, nan),
        ("metal_of_china", {"country_of_origin": "KR", "melt_pour_country": "CN"}, 1),
    ],
)
def test_example(name: str, cells: dict[str, Any], expected: float) -> None:
    found = value(FEATURES[name], line(**cells))
    assert isnan(found) if isnan(expected) else found == pytest.approx(expected)


def test_value_over_the_cost_of_the_material() -> None:
    """100 USD for 50 kg gross: 2 USD a kilogram, over lint at the last price known."""
    goods = line(gross_weight_kg=50.0, quantity=20.0, unit_of_measure="DOZ", description="100% COTTON")
    lint = 78.57 / 100 / 0.45359237 * 1.294
    assert value(FEATURES["value_over_material_cost"], goods) == pytest.approx(log(2 / lint), abs=0.01)
    metal = line(htsus=SHEET, gross_weight_kg=50.0, entry_date=date(2021, 11, 15), description=None)
    assert value(FEATURES["value_over_material_cost"], metal) == pytest.approx(log(2 / 2.8346 / 0.95), abs=0.01)
    assert isnan(value(FEATURES["value_over_material_cost"], line(htsus="7208270000", gross_weight_kg=50.0)))

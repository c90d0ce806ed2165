"""Entry lines as columns of numbers: units of quantity, and the weight that a price is told by."""

from datetime import date

import numpy as np
import pytest

from originrisk.features.catalogue import CATALOGUE
from originrisk.features.lines import APART, Lines, kilograms, unit_dimension, units
from tests.features.handmade import in_turn, last, world

DAY = date(2021, 11, 6)


def _lines(**columns: list[object]) -> Lines:
    return Lines.of(world([DAY] * len(next(iter(columns.values()))), **columns))


@pytest.mark.parametrize(
    ("code", "like", "factor"),
    [
        ("PCE", "NO", 1), ("DZN", "NO", 12), ("GRO", "NO", 144), ("KGM", "KG", 1), ("LBR", "KG", 0.45359237),
        ("TNE", "KG", 1000), ("MTK", "M2", 1), ("FTK", "M2", 0.09290304), ("MTQ", "L", 1000), ("NPR", "PRS", 1),
        ("CAR", "KG", 0.0002), ("GLL", "L", 3.785412), ("INH", "M", 0.0254), ("GWH", "KWH", 1_000_000),
    ],
)  # fmt: skip
def test_a_unit_is_so_many_of_what_its_dimension_counts(code: str, like: str, factor: float) -> None:
    lines = _lines(unit_of_measure=[code, like], quantity=[50.0, 50.0])
    assert unit_dimension(lines)[0] == unit_dimension(lines)[1]
    assert units(lines)[0] == pytest.approx(factor * units(lines)[1])


def test_a_unit_of_no_table_counts_nothing_else_and_x_counts_nothing() -> None:
    lines = _lines(unit_of_measure=["CRT", "BAG", "CRT", "X", None])
    dimensions = unit_dimension(lines)
    assert dimensions[0] == dimensions[2] >= APART
    assert dimensions[0] != dimensions[1]
    assert np.isnan(units(lines)[3:]).all()


def test_prices_of_other_units_are_no_usual_price() -> None:
    before = in_turn(date(2021, 9, 1), 60)
    asked = ["PCE", "PCS", "DOZ", "DZN", "KGM", "CRT"]
    made = [f"VNSUP{n:03d}AA7HAI" for n in range(66)]
    table = world(
        [*before, *[DAY] * 6],
        unit_of_measure=["PCE"] * 60 + asked,
        quantity=[600.0] * 62 + [50.0, 50.0, 150.0, 150.0],
        entered_value_usd=[1780.0, 1820.0] * 30 + [1800.0] * 6,
        manufacturer_id=made,
        manufacturer_name=made,
        importer_number=[f"55-1{n:06d}00" for n in range(66)],
    )
    found = last({one.name: one for one in CATALOGUE}["unit_value_z"], table)
    assert np.abs(found[:4]).max() < 0.5
    assert np.isnan(found[4:]).all()


def test_kilograms_of_either_quantity_are_the_weight_before_the_gross_weight() -> None:
    lines = _lines(
        unit_of_measure=["DOZ", "KG", "DOZ", "DOZ"],
        quantity=[10.0, 40.0, 10.0, 10.0],
        second_unit=["KGM", None, "NO", "KG"],
        second_quantity=[30.0, None, 120.0, 0.0],
        gross_weight_kg=[None, 50.0, 60.0, None],
    )
    np.testing.assert_array_equal(kilograms(lines), [30.0, 40.0, 60.0, np.nan])

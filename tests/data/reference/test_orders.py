"""Reference facts by day: the boundary, the value before and after, no look into the future."""

from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from originrisk.data import reference
from originrisk.data.reference import orders, table


def _days(*texts: str) -> NDArray[np.datetime64]:
    return np.array(texts, dtype="datetime64[D]")


def _texts(*texts: str | None) -> NDArray[np.object_]:
    return np.array(texts, dtype=object)


def test_a_fact_is_not_seen_on_the_day_it_becomes_public() -> None:
    (row, *_) = reference.material_prices()
    assert row not in table.known(reference.material_prices(), row.known_from)
    assert row in table.known(reference.material_prices(), row.known_from + timedelta(days=1))


def _family(code: str, day: str = "2023-01-01") -> str | None:
    row = orders.scope_of(int(orders.tariff(_days(day))[0]))(code)
    return row and row.goods_family


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("6109100012", "cotton_knit_apparel"),
        ("610910", "cotton_knit_apparel"),
        ("5208310000", "cotton_textile"),
        ("5801210000", "cotton_textile"),
        ("2002908010", "tomato"),
        ("6109901007", None),
        ("61", None),
    ],
)
def test_goods_family(code: str, family: str | None) -> None:
    assert _family(code) == family


def _code(code: str, day: str) -> NDArray[np.int8]:
    family = _family(code, day)
    return np.array([orders.NO_FAMILY if family is None else orders.FAMILIES.index(family)], np.int8)


def test_goods_family_follows_the_tariff_of_the_day() -> None:
    assert _family("6201121000", "2022-01-26") == "cotton_woven_apparel"
    assert _family("6201121000", "2022-01-27") is None
    assert _family("6201301000", "2022-01-26") is None
    assert _family("6201301000", "2022-01-27") == "cotton_woven_apparel"


def test_codes_of_families_do_not_move() -> None:
    assert orders.FAMILIES[:7] == (
        "cotton_textile",
        "cotton_wadding",
        "cotton_knit_apparel",
        "cotton_woven_apparel",
        "cotton_home_textile",
        "cotton_possible",
        "tomato",
    )


@pytest.mark.parametrize(
    ("code", "day", "party", "region"),
    [
        ("6109100012", "2020-12-02", False, False),
        ("6109100012", "2020-12-03", True, False),
        ("6109100012", "2021-01-13", True, False),
        ("6109100012", "2021-01-14", True, True),
        ("7606110000", "2022-06-20", False, False),
        ("7606110000", "2022-06-21", False, True),
        ("9503000013", "2022-06-20", False, False),
        ("9503000013", "2022-06-21", False, True),  # the act covers goods of any kind
    ],
)
def test_under_order(code: str, day: str, party: bool, region: bool) -> None:
    families = _code(code, day)
    found = [orders.under_order(families, _days(day), "party"), orders.under_order(families, _days(day), "region")]
    assert [answer.tolist() for answer in found] == [[party], [region]]


@pytest.mark.parametrize(
    ("day", "number"), [("2020-12-02", 0), ("2020-12-03", 1), ("2021-01-14", 2), ("2022-06-18", 2), ("2022-06-21", 4)]
)
def test_orders_count_from_the_day_they_hold_and_are_known(day: str, number: int) -> None:
    assert orders.orders(_code("6109100012", day), _days(day)).tolist() == [number]


@pytest.mark.parametrize(
    ("code", "day", "since"),
    [
        ("6109100012", "2021-01-13", 41),  # the order on cotton of 2020-12-02, seen from the day after
        ("6109100012", "2021-01-14", 0),
        ("6109100012", "2021-02-13", 30),
        ("2002908010", "2021-01-13", np.nan),
        ("8517130000", "2021-12-23", np.nan),
        ("8517130000", "2022-06-21", 0),
        ("2815110000", "2025-08-20", 0),  # caustic soda becomes a priority sector, seen from the day after
        ("6204620000", "2024-05-18", 42),  # a listing of single companies changes no law on goods
    ],
)
def test_days_since_the_law_on_the_goods_changed(code: str, day: str, since: float) -> None:
    np.testing.assert_array_equal(orders.since_legal_date(_code(code, day), _days(day)), [since])


def test_longest_prefix_wins() -> None:
    assert reference.longest_prefix("6109100012", {"61", "6109", "6110"}) == "6109"
    assert reference.longest_prefix("5201", {"61"}) is None

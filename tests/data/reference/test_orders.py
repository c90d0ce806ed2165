"""Reference facts by day: the boundary, the value before and after, no look into the future."""

from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from originrisk.data import reference
from originrisk.data.reference import cotton, orders, table


def _days(*texts: str) -> NDArray[np.datetime64]:
    return np.array(texts, dtype="datetime64[D]")


def _texts(*texts: str | None) -> NDArray[np.object_]:
    return np.array(texts, dtype=object)


def test_a_fact_is_not_seen_on_the_day_it_becomes_public() -> None:
    (row, *_) = reference.cotton_prices()
    assert row not in table.known(reference.cotton_prices(), row.known_from)
    assert row in table.known(reference.cotton_prices(), row.known_from + timedelta(days=1))


def test_lint_price_is_the_last_month_known() -> None:
    found = cotton.lint_price(_days("2015-02-15", "2015-02-16", "2015-03-16", "2030-01-01"))
    prices = [row.us_cents_per_lb for row in reference.cotton_prices()]
    assert np.isnan(found[0])
    assert found[1:].tolist() == [prices[0], prices[1], prices[-1]]


def test_xinjiang_share_is_the_last_year_known() -> None:
    found = cotton.xinjiang_share("output", _days("2018-06-01", "2020-01-01", "2020-01-02", "2022-07-01"))
    assert np.isnan(found[0])
    assert found[1:].tolist() == [0.838, 0.849, 0.895]
    assert cotton.xinjiang_share("mill_use", _days("2022-07-01", "2022-07-02")).tolist() == [0.6, 0.67]


def test_china_dependence_is_missing_where_unknown() -> None:
    days = _days("2018-07-01", "2018-07-02", "2020-01-01", "2020-01-01")
    found = cotton.china_dependence(_texts("BD", "BD", "FR", None), days)
    assert np.isnan(found).tolist() == [True, False, True, True]
    assert found[1] == 0.4


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
        ("9503000013", "2025-01-01", False, False),
    ],
)
def test_under_order(code: str, day: str, party: bool, region: bool) -> None:
    families = _code(code, day)
    found = [
        orders.under_order(families, _days(day), "party"),
        orders.under_order(families, _days(day), "region"),
    ]
    assert [answer.tolist() for answer in found] == [[party], [region]]


@pytest.mark.parametrize(
    ("day", "number"),
    [("2020-12-02", 0), ("2020-12-03", 1), ("2021-01-14", 2), ("2022-06-18", 2), ("2022-06-21", 4)],
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
        ("8517130000", "2021-12-24", np.nan),
    ],
)
def test_days_since_the_law_on_the_goods_changed(code: str, day: str, since: float) -> None:
    np.testing.assert_array_equal(orders.since_legal_date(_code(code, day), _days(day)), [since])


def test_longest_prefix_wins() -> None:
    assert reference.longest_prefix("6109100012", {"61", "6109", "6110"}) == "6109"
    assert reference.longest_prefix("5201", {"61"}) is None


def test_lint_in_goods_goes_by_their_kind() -> None:
    found = [cotton.lint_factor(code) for code in ("5201001200", "5205110000", "6109100012", "8517130000")]
    np.testing.assert_array_equal(found, [1.0, 1.05, 1.294, np.nan])


def test_a_cut_of_the_future_changes_nothing() -> None:
    day = date(2021, 6, 1)
    seen = table.known(reference.cotton_prices(), day)
    assert cotton.lint_price(_days(str(day)))[0] == seen[-1].us_cents_per_lb

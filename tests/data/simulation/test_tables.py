"""Goods, places and routes agree with the reference tables and with each other."""

import numpy as np
import pytest

from originrisk.data import reference
from originrisk.data.simulation.tables import (
    FAMILIES,
    choose_group,
    countries,
    goods,
    origin_shares,
    parameters,
    places,
    routes,
)


def test_ports_are_in_the_reference_tables() -> None:
    lading = set(routes()["lading"]) - {""}
    assert lading <= set(reference.foreign_ports_by_code())
    american = {code for kind in parameters()["us_ports"].values() if isinstance(kind, dict) for code in kind}
    assert american <= set(reference.us_ports_by_code())


def test_tariff_numbers_have_ten_digits() -> None:
    numbers = [*goods()["htsus"], *filter(None, goods()["before_2022"])]
    assert all(len(number) == 10 and number.isdigit() for number in numbers)


def test_every_family_has_goods_and_origins_that_add_up() -> None:
    days = np.array([17_897, 19_600], dtype=np.int32)
    for family in range(len(FAMILIES)):
        assert (goods()["family"] == family).any()
        assert origin_shares(family, days).sum(axis=1) == pytest.approx(1.0)


def test_every_country_has_a_place_and_a_route() -> None:
    assert set(places()["country"]) == set(range(len(countries())))
    assert set(routes()["origin"]) == set(range(len(countries())))


def test_choice_within_a_group_follows_the_weights() -> None:
    rng = np.random.default_rng(0)
    groups, weights = np.array([1, 0, 1, 2]), np.array([1.0, 5.0, 3.0, 2.0])
    chosen = choose_group(rng, np.full(4000, 1), groups, weights)
    assert set(chosen) == {0, 2}
    assert (chosen == 2).mean() == pytest.approx(0.75, abs=0.03)


def test_choice_from_an_absent_group_is_an_error() -> None:
    with pytest.raises(ValueError, match="no row"):
        choose_group(np.random.default_rng(0), np.array([7]), np.array([1]), np.array([1.0]))

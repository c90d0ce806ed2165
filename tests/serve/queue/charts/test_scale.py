"""Scales: ends, order, round values."""

import pytest

from originrisk.serve.queue.charts.scale import Scale


@pytest.mark.parametrize("logarithmic", [False, True])
def test_values_keep_their_order_and_stay_between_the_ends(logarithmic: bool) -> None:
    scale = Scale(1.0, 1000.0, 10, 110, logarithmic)
    places = [scale.at(value) for value in (0.5, 1, 10, 100, 1000, 5000)]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (10, 110)


def test_a_logarithmic_scale_gives_each_power_the_same_room() -> None:
    scale = Scale(1.0, 100.0, 0, 100, logarithmic=True)
    assert (scale.at(1), scale.at(10), scale.at(100)) == (0, 50, 100)


@pytest.mark.parametrize(("low", "high"), [(0, 7), (-4.1, -0.3), (0.0, 0.013), (3, 3)])
def test_ticks_are_few_and_inside(low: float, high: float) -> None:
    ticks = Scale(low, high, 0, 100).ticks()
    assert len(ticks) <= 7
    assert all(low <= tick <= high for tick in ticks)


def test_ticks_of_a_logarithmic_scale_are_round() -> None:
    assert Scale(0.8, 6.0, 0, 100, logarithmic=True).ticks() == [1, 2, 5]
    assert Scale(0.5, 20_000.0, 0, 100, logarithmic=True).ticks() == [1, 10, 100, 1000, 10_000]

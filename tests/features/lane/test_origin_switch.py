"""A turn to another origin: when it counts, and when it counts more."""

from datetime import date, timedelta

from originrisk.features.lane.origin_switch import importer_switch_after_legal_date
from tests.features.handmade import in_turn, last, world


def switch(start: date, value: float) -> float:
    """What an importer's turn from China to Viet Nam looks like ten days after `start`."""
    days = [*in_turn(start - timedelta(days=60), 5), start + timedelta(days=10)]
    origins: list[object] = [*["CN"] * 5, "VN"]
    values: list[object] = [*[500.0] * 5, value]
    table = world(days, country_of_origin=origins, entered_value_usd=values)
    return float(last(importer_switch_after_legal_date, table)[0])


def test_a_switch_counts_after_a_legal_date_and_more_at_the_same_price() -> None:
    assert switch(date(2021, 1, 14), 500.0) == 2
    assert switch(date(2021, 1, 14), 900.0) == 1
    assert switch(date(2020, 6, 1), 500.0) == 0

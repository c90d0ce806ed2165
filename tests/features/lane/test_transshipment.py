"""Signs of transshipment: hubs, and goods from overseas at land ports."""

from datetime import date

import numpy as np

from originrisk.features.lane.transshipment import hub_share, overseas_over_land
from tests.features.handmade import in_turn, last, world


def test_hubs_and_land_ports_are_told() -> None:
    days = in_turn(date(2019, 1, 1), 5)
    made: list[object] = ["VN", "VN", "CN", "CN", "CN"]
    assert last(hub_share, world(days, country_of_origin=made))[0] == 0.5
    for port, expected in (("2304", 1), ("2704", 0), ("9999", np.nan)):
        table = world(days, country_of_origin=["CN"] * 5, port_of_entry=[port] * 5)
        np.testing.assert_array_equal(last(overseas_over_land, table), [expected])
    at_home = world(days, country_of_origin=["MX"] * 5, port_of_entry=["2304"] * 5)
    np.testing.assert_array_equal(last(overseas_over_land, at_home), [0])

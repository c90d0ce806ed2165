"""Suppliers that began after a legal date, or came back."""

from datetime import date

import numpy as np

from originrisk.features.supplier.activity import begun_after_legal_date, returned_share
from tests.features.handmade import in_turn, last, world


def test_a_supplier_begun_after_a_legal_date_says_how_long_after() -> None:
    table = world([date(2021, 1, 24), date(2021, 6, 1)])
    begun = begun_after_legal_date("supplier", "supplier")
    np.testing.assert_array_equal(last(begun, table), [10])
    np.testing.assert_array_equal(last(begun, world([date(2019, 6, 1), date(2020, 1, 1)])), [np.nan])


def test_a_supplier_that_was_away_has_returned() -> None:
    days = [*in_turn(date(2019, 1, 1), 3), date(2019, 12, 1), date(2019, 12, 2)]
    np.testing.assert_array_equal(last(returned_share("supplier", "supplier"), world(days)), [1 / 4])

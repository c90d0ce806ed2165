"""The MID against the declared address."""

from datetime import date

import numpy as np

from originrisk.features.supplier.mid import mid_against_address
from tests.features.handmade import in_turn, last, world


def test_parts_of_the_mid_that_differ_from_the_address_are_counted() -> None:
    of: dict[str, list[object]] = {
        "manufacturer_address": ["16 RING ROAD"] * 2,
        "manufacturer_city": ["CITTOWN"] * 2,
    }
    days = in_turn(date(2019, 1, 1), 2)
    for mid, parts in (("CNAELOQ16CIT", 0), ("CNAELOQ17CIT", 1), ("CNAELOQ17KOR", 2), ("?", np.nan)):
        table = world(days, **of, manufacturer_id=[mid] * 2)
        np.testing.assert_array_equal(last(mid_against_address, table), [parts])


def test_hong_kong_macao_and_singapore_have_one_city_whatever_is_declared() -> None:
    days = in_turn(date(2019, 1, 1), 2)
    for mid, city, parts in (
        ("HKBROGAR77HON", "KOWLOON", 0),
        ("MOBROGAR77MAC", "TAIPA", 0),
        ("SGBROGAR77SIN", "JURONG", 0),
        ("HKBROGAR77KOW", "KOWLOON", 1),
        ("VNBROGAR77DAN", "ĐÀ NẴNG", 0),
        ("PLBROGAR77LOD", "ŁÓDŹ", 0),
    ):
        of: dict[str, list[object]] = {
            "manufacturer_address": ["77 RIVER RD"] * 2,
            "manufacturer_city": [city] * 2,
            "manufacturer_id": [mid] * 2,
        }
        np.testing.assert_array_equal(last(mid_against_address, world(days, **of)), [parts])

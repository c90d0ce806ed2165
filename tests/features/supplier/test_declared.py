"""Where the maker is declared to be: by the country of its MID, whatever origin is declared."""

from datetime import date

import numpy as np
import pytest

from originrisk.data.identifiers.postal_code import RegionAlert
from originrisk.features.supplier.declared import names_place_in_xinjiang, postal_state
from tests.features.handmade import in_turn, last, world


@pytest.mark.parametrize(
    ("origin", "mid", "code", "state"),
    [
        ("VN", "CNXINTIA16KOR", "841000", RegionAlert.XINJIANG),
        ("VN", "VNXINTIA16HAN", "841000", RegionAlert.NOT_CHINA),
        ("CN", "VNXINTIA16HAN", "841000", RegionAlert.NOT_CHINA),
        ("CN", None, "266000", RegionAlert.OTHER_PROVINCE),
        ("VN", "CNXINTIA16KOR", None, RegionAlert.MISSING),
    ],
)
def test_the_postal_state_follows_the_country_of_the_maker(
    origin: str, mid: str | None, code: str | None, state: RegionAlert
) -> None:
    of: dict[str, list[object]] = {
        "country_of_origin": [origin] * 2,
        "manufacturer_id": [mid] * 2,
        "manufacturer_postal_code": [code] * 2,
    }
    np.testing.assert_array_equal(last(postal_state, world(in_turn(date(2023, 6, 1), 2), **of)), [state])


@pytest.mark.parametrize(
    ("address", "city", "code", "likeness"),
    [
        ("88 Urumqi Road", "Qingdao", None, 0),
        ("88 Urumqi Road", None, None, 0),
        ("Xinjiang Building, 3 Ring Rd", "Qingdao", "266000", 0.5),
        ("Xinjiang Building, 3 Ring Rd", None, None, 1),
        ("3 Ring Rd", "Korla", None, 1),
        ("3 Ring Rd", "KRL", "841000", 1),
        ("3 Ring Rd", "新疆库尔勒", None, 1),
    ],
)
def test_city_or_postal_code_must_agree_with_the_address(
    address: str, city: str | None, code: str | None, likeness: float
) -> None:
    of: dict[str, list[object]] = {
        "manufacturer_id": [None] * 2,
        "country_of_origin": ["CN"] * 2,
        "manufacturer_name": ["ASHWOOD"] * 2,
        "manufacturer_address": [address] * 2,
        "manufacturer_city": [city] * 2,
        "manufacturer_postal_code": [code] * 2,
    }
    found = last(names_place_in_xinjiang, world(in_turn(date(2023, 6, 1), 2), **of))
    np.testing.assert_array_equal(found, [likeness])

"""Single features on small worlds made by hand: what each one answers, and where it stays silent."""

from datetime import date

import numpy as np

from features import price
from features.supplier import family
from features.supplier.mid import mid_against_address
from tests.features.handmade import in_turn, last, world

CONCENTRATION = {feature.name: feature for feature in family.FEATURES}


def test_a_supplier_begun_after_a_legal_date_says_how_long_after() -> None:
    table = world([date(2021, 1, 24), date(2021, 6, 1)])
    begun = CONCENTRATION["supplier_begun_after_legal_date"]
    np.testing.assert_array_equal(last(begun, table), [10])
    np.testing.assert_array_equal(last(begun, world([date(2019, 6, 1), date(2020, 1, 1)])), [np.nan])


def test_concentration_tells_one_importer_from_many() -> None:
    days = in_turn(date(2019, 1, 1), 41)
    many: list[object] = [f"12-34567{number % 4:02d}00" for number in range(41)]
    feature = CONCENTRATION["supplier_importer_concentration"]
    assert last(feature, world(days))[0] == 1
    assert 0.25 < last(feature, world(days, importer_number=many))[0] < 0.4


def test_a_supplier_that_was_away_has_returned() -> None:
    days = [*in_turn(date(2019, 1, 1), 3), date(2019, 12, 1), date(2019, 12, 2)]
    np.testing.assert_array_equal(last(CONCENTRATION["supplier_returned"], world(days)), [1 / 4])


def test_share_cheaper_falls_with_the_price() -> None:
    days = in_turn(date(2019, 1, 1), 200)
    random = np.random.default_rng(0)
    values: list[object] = [*np.round(500 * random.lognormal(0, 0.3, 200), 2)]
    makers: list[object] = [f"CNAELOQ{number % 50}CIT" for number in range(200)]
    importers: list[object] = [f"12-34567{number % 50:02d}00" for number in range(200)]
    rare = [
        last(
            price.share_cheaper,
            world(
                days,
                entered_value_usd=[*values[:-1], value],
                manufacturer_id=makers,
                importer_number=importers,
            ),
        )[0]
        for value in (150.0, 300.0, 400.0, 500.0)
    ]
    assert rare == sorted(rare)
    assert rare[0] < 0.03
    assert 0.35 < rare[-1] <= 0.65


def test_a_low_price_of_packs_is_read_as_packs() -> None:
    days = in_turn(date(2019, 1, 1), 30)
    values: list[object] = [*[500.0] * 29, 2500.0]
    texts: list[object] = [*["T-SHIRT"] * 29, "T-SHIRT 5-PACK"]
    makers: list[object] = [f"CNAELOQ{number}CIT" for number in range(30)]
    importers: list[object] = [f"12-34567{number:02d}00" for number in range(30)]
    of = {"entered_value_usd": values, "manufacturer_id": makers, "importer_number": importers}
    assert last(price.pack_value_deviation, world(days, **of))[0] > 5
    assert abs(last(price.pack_value_deviation, world(days, **of, description=texts))[0]) < 0.5


def test_parts_of_the_mid_that_differ_from_the_address_are_counted() -> None:
    of: dict[str, list[object]] = {
        "manufacturer_address": ["16 RING ROAD"] * 2,
        "manufacturer_city": ["CITTOWN"] * 2,
    }
    days = in_turn(date(2019, 1, 1), 2)
    for mid, parts in (("CNAELOQ16CIT", 0), ("CNAELOQ17CIT", 1), ("CNAELOQ17KOR", 2), ("?", np.nan)):
        table = world(days, **of, manufacturer_id=[mid] * 2)
        np.testing.assert_array_equal(last(mid_against_address, table), [parts])

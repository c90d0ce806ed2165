"""Single features on small worlds made by hand: what each one answers, and where it stays silent."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from features import lane, price
from features.feature import Feature
from features.history import History
from features.known import see
from features.lines import Floats, Lines
from features.replay import Outcomes, replay
from features.supplier import family
from features.supplier.mid import mid_against_address
from tests.features.factory import SHIPPED, change, entries

NOTHING = Outcomes(np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.bool_))
CONCENTRATION = {feature.name: feature for feature in family.FEATURES}


def world(days: list[date], **columns: list[object]) -> pa.Table:
    """Like lines of one supplier, importer and way on these days, but for the columns given."""
    first = entries(1)
    table = pa.concat_tables([first] * len(days))
    numbers: list[object] = [f"XX{number:07d}" for number in range(len(days))]
    same: dict[str, list[object]] = {
        "entry_number": numbers,
        "entry_date": [*days],
        "received_on": [*days],
        "port_of_lading": ["57035"] * len(days),
        "quantity": [100.0] * len(days),
        "unit_of_measure": ["NO"] * len(days),
        "gross_weight_kg": [50.0] * len(days),
        "entered_value_usd": [500.0] * len(days),
        "htsus": ["6109100012"] * len(days),
        "manufacturer_id": ["CNAELOQ16CIT"] * len(days),
    }
    return change(table, **{**same, **columns})


def last(feature: Feature, table: pa.Table) -> Floats:
    """The feature of the lines of the last day."""
    lines, history = Lines.of(table), History()
    day = int(lines.days["entry_date"].max())
    list(replay(history, lines, NOTHING, day - 1, SHIPPED))
    asked = lines.take(np.flatnonzero(lines.days["entry_date"] == day))
    return feature.compute(asked, see(history, asked, SHIPPED))


def in_turn(start: date, count: int, step: int = 1) -> list[date]:
    """`count` days from `start`."""
    return [start + timedelta(days=step * number) for number in range(count)]


def switch(start: date, value: float) -> float:
    """What an importer's turn from China to Viet Nam looks like ten days after `start`."""
    days = [*in_turn(start - timedelta(days=60), 5), start + timedelta(days=10)]
    origins: list[object] = [*["CN"] * 5, "VN"]
    values: list[object] = [*[500.0] * 5, value]
    table = world(days, country_of_origin=origins, entered_value_usd=values)
    return float(last(lane.importer_switch_after_legal_date, table)[0])


def test_a_switch_counts_after_a_legal_date_and_more_at_the_same_price() -> None:
    assert switch(date(2021, 1, 14), 500.0) == 2
    assert switch(date(2021, 1, 14), 900.0) == 1
    assert switch(date(2020, 6, 1), 500.0) == 0


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


def test_hubs_and_land_ports_are_told() -> None:
    days = in_turn(date(2019, 1, 1), 5)
    made: list[object] = ["VN", "VN", "CN", "CN", "CN"]
    assert last(lane.hub_share, world(days, country_of_origin=made))[0] == 0.5
    for port, expected in (("2304", 1), ("2704", 0), ("9999", np.nan)):
        table = world(days, country_of_origin=["CN"] * 5, port_of_entry=[port] * 5)
        np.testing.assert_array_equal(last(lane.overseas_over_land, table), [expected])
    at_home = world(days, country_of_origin=["MX"] * 5, port_of_entry=["2304"] * 5)
    np.testing.assert_array_equal(last(lane.overseas_over_land, at_home), [0])

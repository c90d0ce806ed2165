"""A low price per piece that is a usual one per pack."""

from datetime import date

from originrisk.features.price.packs import pack_value_deviation
from tests.features.handmade import in_turn, last, world


def test_a_low_price_of_packs_is_read_as_packs() -> None:
    days = in_turn(date(2019, 1, 1), 30)
    values: list[object] = [*[500.0] * 29, 2500.0]
    texts: list[object] = [*["T-SHIRT"] * 29, "T-SHIRT 5-PACK"]
    makers: list[object] = [f"CNAELOQ{number}CIT" for number in range(30)]
    importers: list[object] = [f"12-34567{number:02d}00" for number in range(30)]
    of = {"entered_value_usd": values, "manufacturer_id": makers, "importer_number": importers}
    assert last(pack_value_deviation, world(days, **of))[0] > 5
    assert abs(last(pack_value_deviation, world(days, **of, description=texts))[0]) < 0.5

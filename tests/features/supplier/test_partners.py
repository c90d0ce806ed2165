"""How concentrated the trade of a party is."""

from datetime import date

from originrisk.features.supplier.partners import concentration
from tests.features.handmade import in_turn, last, world


def test_concentration_tells_one_importer_from_many() -> None:
    days = in_turn(date(2019, 1, 1), 41)
    many: list[object] = [f"12-34567{number % 4:02d}00" for number in range(41)]
    feature = concentration("supplier", "captive", "supplier", "importer")
    assert last(feature, world(days))[0] == 1
    assert 0.25 < last(feature, world(days, importer_number=many))[0] < 0.4

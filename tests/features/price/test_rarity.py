"""The share of like goods that were cheaper falls with the price."""

from datetime import date

import numpy as np

from originrisk.features.price.rarity import share_cheaper
from tests.features.handmade import in_turn, last, world


def test_share_cheaper_falls_with_the_price() -> None:
    days = in_turn(date(2019, 1, 1), 200)
    random = np.random.default_rng(0)
    values: list[object] = [*np.round(500 * random.lognormal(0, 0.3, 200), 2)]
    makers: list[object] = [f"CNAELOQ{number % 50}CIT" for number in range(200)]
    importers: list[object] = [f"12-34567{number % 50:02d}00" for number in range(200)]
    rare = [
        last(
            share_cheaper,
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

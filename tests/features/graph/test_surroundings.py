"""A new supplier is judged by those it came among, and by those that fell silent before it came."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from originrisk.features.catalogue import CATALOGUE
from originrisk.features.graph.surroundings import FEATURES
from tests.features.factory import change, entries, listing_of, outcomes
from tests.features.laws import features_of

DAY = date(2021, 1, 4)
OLD, NEW = "QIAOLONG TEXTILE", "BRIGHT MOON GARMENT"
ALIKE = {
    "importer_number": "12-3456789",
    "seller_name": "SELLER",
    "consolidator_name": "MOVER",
    "htsus": "6109100012",
}


def trade(*lines: tuple[str, int]) -> pa.Table:
    """Lines of suppliers on days after DAY, alike in all but supplier, address and day."""
    table = pa.concat_tables([entries(1)] * len(lines))
    days = [DAY + timedelta(day) for _, day in lines]
    numbered = {"entry_number": [f"XX{place:07d}" for place in range(len(lines))]}
    named = {name: [value] * len(lines) for name, value in ALIKE.items()}
    return change(
        table,
        **numbered,
        **named,
        entry_date=days,
        received_on=days,
        manufacturer_name=[name for name, _ in lines],
        manufacturer_id=[None] * len(lines),
        manufacturer_address=[f"1 {name} ROAD" for name, _ in lines],
        country_of_origin=["CN"] * len(lines),
    )


def last(name: str, table: pa.Table, results: pa.Table, listed: pa.Table | None = None) -> float:
    """A feature of the last line."""
    found = features_of(FEATURES, table, results, listed=listed)
    place = [feature.name for feature in FEATURES].index(name)
    return float(found[(table["entry_number"][-1].as_py(), 1)][place])


def examined(table: pa.Table, result: str) -> pa.Table:
    """The first line, examined, known two days later."""
    one = outcomes(table.slice(0, 1), share=1.0)
    return change(one, outcome_date=[DAY + timedelta(2)], result=[result])


FOLLOWS = trade((OLD, 0), (OLD, 5), ("OTHER", 20), (NEW, 60))
NOBODY = examined(FOLLOWS, "xinjiang").slice(0, 0)


def test_a_finding_reaches_the_supplier_that_follows() -> None:
    for result, worse in (("xinjiang", True), ("not_xinjiang", False)):
        results = examined(FOLLOWS, result)
        assert (last("neighbourhood_rate", FOLLOWS, results) > 0.1) == worse
    assert last("successor_score", FOLLOWS, NOBODY) == 0


def test_a_supplier_worse_than_others_makes_its_successor_suspect() -> None:
    beside = trade((OLD, 0), ("OTHER", 1), (NEW, 60))
    clean = change(examined(beside, "not_xinjiang"), entry_number=["XX0000001"])
    one, other = (
        pa.concat_tables([examined(beside, result), clean]) for result in ("xinjiang", "not_xinjiang")
    )
    assert last("successor_score", beside, one) > 0 == last("successor_score", beside, other)


def test_the_own_finding_is_not_among_the_others() -> None:
    beside = trade((NEW, 0), ("OTHER", 1), (NEW, 40))
    results = pa.concat_tables(
        [examined(beside, "xinjiang"), change(examined(beside, "not_xinjiang"), entry_number=["XX0000001"])]
    )
    # The general rate is one half; only the clean examination of the other supplier is told, by seven ties.
    assert last("neighbourhood_rate", beside, results) == pytest.approx(0.5 * (5 / 6) ** 7)


def test_a_listed_supplier_that_fell_silent_makes_a_successor() -> None:
    listing = change(listing_of(OLD), effective_date=[DAY + timedelta(9)], known_from=[DAY + timedelta(9)])
    assert last("ties_to_listed", FOLLOWS, NOBODY, listing) == 7  # all but the address
    assert last("successor_score", FOLLOWS, NOBODY, listing) == pytest.approx(7 / 3)
    assert last("successor_score", trade((OLD, 0), (OLD, 55), (NEW, 60)), NOBODY, listing) == 0


def test_the_catalogue_has_them() -> None:
    assert {feature.name for feature in FEATURES} <= {feature.name for feature in CATALOGUE}

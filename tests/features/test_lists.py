"""Names on lists, as lines of a day see them."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from originrisk.features.lines import Text
from originrisk.features.lists import Listings
from tests.features.factory import START, listing_of

DAY = (START - date(1970, 1, 1)).days


def column(names: list[str | None]) -> Text:
    return Text.of(pa.chunked_array([pa.array(names, pa.string())]))


def held(listings: Listings, names: list[str | None], day: int) -> list[bool]:
    return listings.hold(column(names), np.full(len(names), day, np.int32)).tolist()


def test_names_and_aliases_are_met_in_any_spelling_between_the_clocks() -> None:
    end = START + timedelta(days=10)
    listings = Listings.of(listing_of("Ash Textile Co., Ltd.", aliases="Asche|", removed_date=end))
    names = ["ASH TEXTILES COMPANY LIMITED", "ASCHE", "ASH TRADING", None, ""]
    assert held(listings, names, DAY) == [False] * 5
    assert held(listings, names, DAY + 1) == [True, True, False, False, False]
    assert held(listings, names, DAY + 9) == [True, True, False, False, False]
    assert held(listings, names, DAY + 10) == [False] * 5


def test_a_party_that_leaves_a_list_and_comes_back_is_seen_in_both_times() -> None:
    first = listing_of("ASH", removed_date=START + timedelta(days=10))
    listings = Listings.of(pa.concat_tables([first, listing_of("ASH", START + timedelta(days=20))]))
    assert [held(listings, ["ASH"], DAY + days) for days in (5, 15, 25)] == [[True], [False], [True]]


def test_what_a_day_can_tell_of_the_lists_leaves_out_the_future() -> None:
    ends = Listings.of(listing_of("ASH", removed_date=START + timedelta(days=10)))
    stays = Listings.of(listing_of("ASH"))
    assert ends.as_of(DAY) == {}
    assert ends.as_of(DAY + 9) == stays.as_of(DAY + 9) != {}
    assert ends.as_of(DAY + 10) != stays.as_of(DAY + 10)


def test_the_shipped_lists_are_known_beside_the_stored() -> None:
    listings = Listings.known(listing_of("ASH"))
    assert [listings.names(name) for name in ("ash", "Esquel Group", "ASHEN")] == [True, True, False]


def test_orders_on_other_goods_and_places_do_not_count() -> None:
    other = listing_of("Sime Darby Plantation", scope="palm oil")
    said = listing_of("Ash Yarn", scope=None, address="9 Road, Korla, Xinjiang")
    uflpa = listing_of("Birch Yarn", scope=None, programme="UFLPA (ii)")
    shipped = listing_of("Hefei Bitland Information Technology Co., Ltd.", scope=None)
    listings = Listings.of(pa.concat_tables([other, said, uflpa, shipped]))
    names = ["Sime Darby Plantation", "Ash Yarn", "Birch Yarn", "Hefei Bitland Information Technology"]
    assert held(listings, names, DAY + 1) == [False, True, True, True]
    found = listings.spelled.probability(column(names), None, np.full(4, DAY + 1, np.int32))
    assert found[0] == 0 < found[1:].min()

"""Names on lists, as lines of a day see them."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from features.lines import Text
from features.lists import Listings
from tests.features.factory import START, listing_of

DAY = (START - date(1970, 1, 1)).days


def held(listings: Listings, names: list[str | None], day: int) -> list[bool]:
    text = Text.of(pa.chunked_array([pa.array(names, pa.string())]))
    return listings.hold(text, np.full(len(names), day, np.int32)).tolist()


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

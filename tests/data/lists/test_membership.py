"""Who stands on a list: the store's word before the shipped one, on both clocks."""

from datetime import date

import pyarrow as pa
import pytest

from originrisk.data.contract import LISTED
from originrisk.data.lists.membership import completeness, in_force, programme, shipped, uflpa_waves, with_shipped

CORPS = "Xinjiang Production and Construction Corps"
NOTHING = LISTED.schema.empty_table()


def listing(name: str = "Ash Textile Co., Ltd.", **cells: object) -> pa.Table:
    """A stored list of one row, in force from 2021-03-01."""
    row = {"name": name, "programme": "WRO", "effective_date": date(2021, 3, 1)} | cells
    return pa.Table.from_pylist([row], LISTED.schema)


@pytest.mark.parametrize(
    ("cells", "first", "last"),
    [
        ({}, date(2021, 3, 2), None),
        ({"known_from": date(2021, 2, 1)}, date(2021, 3, 2), None),
        ({"known_from": date(2021, 5, 1)}, date(2021, 5, 2), None),
        ({"removed_date": date(2021, 6, 1)}, date(2021, 3, 2), date(2021, 5, 31)),
        (
            {"removed_date": date(2021, 6, 1), "removal_known_from": date(2021, 5, 1)},
            date(2021, 3, 2),
            date(2021, 5, 31),
        ),
        (
            {"removed_date": date(2021, 6, 1), "removal_known_from": date(2021, 7, 1)},
            date(2021, 3, 2),
            date(2021, 7, 1),
        ),
    ],
)
def test_a_listing_is_seen_on_the_days_between_its_clocks(
    cells: dict[str, object], first: date, last: date | None
) -> None:
    one = listing(**cells)
    days = [date.fromordinal(n) for n in range(date(2021, 1, 1).toordinal(), date(2022, 1, 1).toordinal())]
    seen = [day for day in days if in_force(one, day).num_rows]
    assert (seen[0], seen[-1]) == (first, last or days[-1])
    assert len(seen) == (seen[-1] - seen[0]).days + 1


def programmes(day: date) -> set[str]:
    """Programmes under which the Corps is seen."""
    seen = in_force(with_shipped(NOTHING), day).to_pylist()
    return {row["programme"] for row in seen if row["name"] == CORPS}


def test_the_shipped_table_is_seen_by_its_dates() -> None:
    assert programmes(date(2020, 11, 30)) == set()
    assert programmes(date(2020, 12, 1)) == {"WRO"}
    assert programmes(date(2022, 6, 21)) == set()
    assert programmes(date(2022, 6, 22)) == {"UFLPA (ii)"}


def test_the_store_has_the_word_on_a_party_in_a_programme() -> None:
    rows = with_shipped(listing(CORPS.upper() + ".", effective_date=date(2019, 1, 1))).to_pylist()
    assert {(row["programme"], row["effective_date"].year) for row in rows if row["name"] == CORPS} == {
        ("UFLPA (ii)", 2022)
    }
    assert len(rows) == shipped().num_rows
    assert rows[0]["effective_date"] == date(2019, 1, 1)


def test_the_shipped_table_says_what_it_lacks_of_each_notice() -> None:
    counts = {wave.effective_date: wave.missing for wave in uflpa_waves(shipped(), date(2026, 8, 3))}
    assert {day: missing for day, missing in counts.items() if missing} == {
        date(2023, 8, 2): 1,
        date(2024, 5, 17): 14,
        date(2024, 11, 25): 11,
        date(2025, 1, 15): 23,
        date(2026, 7, 31): 43,
    }
    assert "92 of 187 entities" in completeness(shipped(), date(2026, 8, 3))
    assert "1 of 33 entities" in completeness(shipped(), date(2023, 9, 1))
    assert "No entity is missing of the 20" in completeness(shipped(), date(2022, 7, 1))


def test_a_row_less_is_an_entity_more_that_is_missing() -> None:
    without = [row for row in shipped().to_pylist() if row["name"] != "KTK Group"]
    table = pa.Table.from_pylist(without, shipped().schema)
    assert "1 of 20 entities" in completeness(table, date(2022, 7, 1))


@pytest.mark.parametrize("written", ["UFLPA", "UFLPA (ii)", "UFLPA 2(d)(2)(B)(ii)", "uflpa, sublist (ii)"])
def test_the_uflpa_is_one_programme_however_it_is_written(written: str) -> None:
    assert programme({"programme": written}) == "uflpa"

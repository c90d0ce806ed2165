"""The page of a party: what the story's lines tell of the one who sold them, and of who imported them."""

from typing import Any

import pytest

from originrisk.serve.queue.evidence.party import PartyCase
from originrisk.serve.queue.evidence.reading import StoreSnapshot
from tests.serve.queue.evidence.past import DAY, FOUND_OUT, LISTED, SHOP, SPELLINGS, key, lines


def case(reading: StoreSnapshot, number: int, role: str, group: str = "", **changed: Any) -> PartyCase | None:
    line = reading.entry(*key(number))
    assert line is not None
    asked = {"group": group, "today": DAY, **changed}
    return PartyCase.of(reading.reader, reading.graph(DAY), line, role, **asked)


def test_a_sellers_page_holds_all_its_lines_in_groups(reading: StoreSnapshot) -> None:
    shop = case(reading, 1, "seller", "supplier")
    assert shop is not None
    story = [row for row in lines() if row.get("seller_name") == SHOP]
    assert (shop.name, shop.past.lines) == (SHOP, len(story))
    assert {(one["entry_number"], one["line_number"]) for one in shop.lines} == {
        (row["entry_number"], row["line_number"]) for row in story
    }
    assert {one["group"]: one["members"] for one in shop.lines} == dict.fromkeys(
        ("Steady Mill", FOUND_OUT, LISTED, *SPELLINGS), 1
    )
    assert (FOUND_OUT, 1, 1, 1) in shop.partners["supplier"]
    assert {FOUND_OUT, LISTED} <= {one.name for one in shop.linked}
    assert (shop.past.examined, shop.past.found) == (3, 3)


def test_groups_stand_together_the_largest_first(reading: StoreSnapshot) -> None:
    mill = case(reading, 1, "supplier", "month")
    assert mill is not None
    told = [(one["group"], one["members"]) for one in mill.lines]
    assert [n for _, n in told] == sorted((n for _, n in told), reverse=True)
    assert len(dict.fromkeys(told)) == sum(a != b for a, b in zip(told, [None, *told], strict=False))


def test_an_importer_stands_under_its_alias_alone(reading: StoreSnapshot) -> None:
    found = case(reading, 1, "importer", "importer")
    assert found is not None
    assert found.name == f"Importer {reading.reader.alias('12-7654321')}"
    assert "7654321" not in str(found)
    assert case(reading, 2, "importer") is None  # it declares none
    assert case(reading, 1, "consolidator") is None


@pytest.mark.parametrize("role", ["supplier", "seller"])
def test_what_is_known_later_is_not_told(reading: StoreSnapshot, role: str) -> None:
    before = case(reading, 1, role, today=min(row["entry_date"] for row in lines()))  # type: ignore[type-var]
    assert before is not None
    assert before.past.examined == 0

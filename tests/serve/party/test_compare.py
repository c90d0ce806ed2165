"""Evidence of whole records: street, number, city, code and country count, and a MID for what is missing."""

import pytest

from originrisk.features.parties.compare import CountryRarity, WordCounts
from originrisk.serve.party.record import Record, weigh

RARITY = CountryRarity(WordCounts(), "CN")
FULL = Record("SHAOXING QIAOLONG TEXTILE", "NO 128 MEILUN RD", "SHAOXING", "312000", "CNSHAQIA128SHA", "CN")


def pieces(left: Record, right: Record) -> dict[str, float]:
    return {part.kind: part.bits for part in weigh(left, right, RARITY).parts}


def test_the_same_record_has_evidence_of_each_part() -> None:
    found = pieces(FULL, FULL)
    assert {"name same", "street", "house number", "city", "postal code", "same MID"} == set(found)
    assert min(found.values()) >= 0
    assert all(found[kind] > 4 for kind in ("street", "house number", "city", "postal code"))


@pytest.mark.parametrize(
    ("part", "value", "kind"),
    [
        ("address", "NO 128 TIANBEI RD", "other street"),
        ("address", "NO 9 MEILUN RD", "other house number"),
        ("city", "SUZHOU", "other city"),
        ("postal_code", "215000", "other postal code"),
        ("country", "VN", "other country"),
        ("name", "SHAOXING VENTORE TEXTILE", "other own"),
    ],
)
def test_what_differs_speaks_against(part: str, value: str, kind: str) -> None:
    assert pieces(FULL, FULL._replace(**{part: value}))[kind] < 0


def test_what_is_missing_says_nothing() -> None:
    bare = FULL._replace(address="", postal_code="", city="", manufacturer_id="")
    assert set(pieces(FULL, bare)) == {"name same"}


def test_a_mid_tells_the_number_of_a_missing_address() -> None:
    without = FULL._replace(address="")
    assert pieces(FULL, without)["house number"] == pieces(FULL, FULL)["house number"]
    assert "street" not in pieces(FULL, without)


def test_a_mid_tells_the_city_and_the_name_where_they_are_missing() -> None:
    without = FULL._replace(name="", city="")
    assert {"MID name", "city"} <= set(pieces(FULL, without))
    other = without._replace(manufacturer_id="CNSHAVEN128SHA")
    assert pieces(FULL, other)["MID name"] < 0


def test_a_mistyped_city_is_the_same_city() -> None:
    assert pieces(FULL, FULL._replace(city="SHAOXINGG"))["city"] > 0


def test_a_slip_in_the_house_number_speaks_less_against_than_another_number() -> None:
    near, far = (pieces(FULL, FULL._replace(address=f"{n} MEILUN RD"))["other house number"] for n in (129, 7))
    assert far < near < 0


def test_the_sides_may_be_changed() -> None:
    other = Record("QIAO LONG TEXTILE", "MEILUN RD 128 BLDG 3", "", "", "CNQIALON128SHA", "CN")
    assert weigh(FULL, other, RARITY).bits == pytest.approx(weigh(other, FULL, RARITY).bits)

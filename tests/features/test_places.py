"""Where the maker is declared to be: by the country of its MID, by city and postal code before the street."""

from datetime import date

import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES
from originrisk.features.catalogue import CATALOGUE
from originrisk.features.lines import Lines
from originrisk.features.places import maker_in_china, maker_in_xinjiang


def line(**cells: str | None) -> Lines:
    row = {"entry_date": date(2023, 6, 1), "htsus": "6109100012", "country_of_origin": "CN"} | cells
    return Lines.of(pa.Table.from_pylist([row], ENTRIES.schema))


@pytest.mark.parametrize(
    ("origin", "mid", "china"),
    [
        ("VN", "CNXINTIA16KOR", True),
        ("CN", "VNXINTIA16HAN", False),
        ("CN", None, True),
        ("VN", None, False),
        ("CN", "?", False),
    ],
)
def test_the_maker_is_where_its_mid_says(origin: str, mid: str | None, china: bool) -> None:
    assert maker_in_china(line(country_of_origin=origin, manufacturer_id=mid)).tolist() == [china]


@pytest.mark.parametrize(
    ("address", "city", "code", "likeness"),
    [
        ("88 Urumqi Road", "Qingdao", None, 0),
        ("88 Urumqi Road", None, None, 0),
        ("88 Urumqi Road", "Shanghai", "200031", 0),
        ("Xinjiang Building, 3 Ring Rd", "Qingdao", "266000", 0.5),
        ("Xinjiang Building, 3 Ring Rd", None, None, 1),
        ("3 Ring Rd", "Korla", None, 1),
        ("3 Ring Rd", "KRL", "841000", 1),
        ("3 Ring Rd", "新疆库尔勒", None, 1),
        ("Xinjiang 2nd Road", None, None, 0),
        ("3 Ring Rd", "Xinjiang", "043100", 0.5),
        ("3 Ring Rd", "Yutian", None, 0.5),
        (None, None, None, 0),
    ],
)
def test_city_or_postal_code_must_agree_with_the_address(
    address: str | None, city: str | None, code: str | None, likeness: float
) -> None:
    cells = {"manufacturer_address": address, "manufacturer_city": city, "manufacturer_postal_code": code}
    assert maker_in_xinjiang(line(**cells)).tolist() == [likeness]


@pytest.mark.parametrize(("mid", "likeness"), [("CNXINTIA16KOR", 1), ("VNXINTIA16HAN", 0)])
def test_a_vietnamese_declaration_with_a_chinese_mid_is_judged_by_the_mid(mid: str, likeness: float) -> None:
    lines = line(country_of_origin="VN", manufacturer_id=mid, manufacturer_postal_code="841000")
    assert maker_in_xinjiang(lines).tolist() == [likeness]


@pytest.mark.parametrize(
    ("origin", "mid", "city", "likeness"),
    [
        ("TR", "TRAKSTEK12AKS", "Aksu", 0),
        ("TR", None, "Aksu", 0),
        ("TR", "CNAKSTEK12AKS", "Aksu", 0.5),
        ("CN", None, "Aksu", 0.5),
        ("VN", "VNAKSTEK12AKS", "Urumqi", 1),
    ],
)
def test_a_name_that_other_places_share_says_nothing_of_a_maker_elsewhere(
    origin: str, mid: str | None, city: str, likeness: float
) -> None:
    lines = line(country_of_origin=origin, manufacturer_id=mid, manufacturer_city=city)
    assert maker_in_xinjiang(lines).tolist() == [likeness]


@pytest.mark.parametrize(
    ("mid", "city", "parts"),
    [
        ("HKBROGAR77HON", "KOWLOON", 0),
        ("MOBROGAR77MAC", "TAIPA", 0),
        ("SGBROGAR77SIN", "JURONG", 0),
        ("HKBROGAR77KOW", "KOWLOON", 1),
        ("VNBROGAR77DAN", "ĐÀ NẴNG", 0),
        ("PLBROGAR77LOD", "ŁÓDŹ", 0),
    ],
)
def test_cities_of_mids_follow_the_rule(mid: str, city: str, parts: int) -> None:
    feature = next(one for one in CATALOGUE if one.name == "mid_against_address")
    cells = {"manufacturer_address": "77 RIVER RD", "manufacturer_city": city, "manufacturer_id": mid}
    assert feature.compute(line(**cells), None).tolist() == [parts]

"""MIDs: read, and made by the rules."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from originrisk.data.identifiers import manufacturer_id as rules
from originrisk.data.identifiers.manufacturer_id import ManufacturerId, parse


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("CNXINTIA16KOR", ("CN", "XINTIA", "16", "KOR")),
        ("USGRE45BIR", ("US", "GRE", "45", "BIR")),
        ("us 20tcen1234new", ("US", "20TCEN", "1234", "NEW")),
        ("CNABCDEFKOR", ("CN", "ABCDEF", "", "KOR")),
        ("CNCON20016KOR", ("CN", "CON200", "16", "KOR")),
        ("XQMONTEX12MON", ("XQ", "MONTEX", "12", "MON")),
    ],
)
def test_parse(text: str, parts: tuple[str, str, str, str]) -> None:
    assert parse(text) == ManufacturerId(*parts)


@pytest.mark.parametrize(
    "text",
    ["", "CN", "CN1234", "CNABCDEFG12KOR", "CNXINTIA16KORLA", "CNXINTIA12345KOR", "12XINTIA16KOR", "CNXIN-TIA16KOR"],
)
def test_malformed(text: str) -> None:
    assert parse(text) is None


def test_province_of_canada_is_canada() -> None:
    canadian, chinese = parse("XQMONTEX12MON"), parse("CNXINTIA16KOR")
    assert canadian is not None
    assert chinese is not None
    assert (canadian.origin, chinese.origin) == ("CA", "CN")


SHARED = Path(os.environ.get("ORIGINRISK_SHARED", Path(__file__).parents[4] / "shared"))
VECTORS = SHARED / "vectors" / "mid.json"


def _mid(country: str, name: str, address: str, city: str) -> str:
    return f"{country}{rules.name_part(name)}{rules.number_part(address)}{rules.city_part(city, country)}"


def _made(vector: dict[str, Any]) -> str | None:
    if vector["tests"] == "mid":
        return _mid(vector["country"], vector["name"], vector["address"], vector["city"])
    if vector["tests"] == "city":
        return rules.city_part(vector["city"], vector["country"])
    return rules.name_part(vector["name"]) if vector["tests"] == "name" else rules.number_part(vector["address"])


@pytest.mark.skipif(not VECTORS.exists(), reason="needs vectors/mid.json; set ORIGINRISK_SHARED")
def test_every_vector() -> None:
    vectors = json.loads(VECTORS.read_text("utf-8"))
    assert [_made(vector) for vector in vectors] == [vector["expected"] for vector in vectors]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("A.B.C. Company", "ABCCOM"),
        ("A B C Company", "ABCCOM"),
        ("Rawles-Aden Corp.", "RAWCOR"),
        ("PT Morich Indo Fashion", "MORIND"),
        ("PT", "PT"),
        ("N. Minami & Co.,LTD.", "MINCO"),
        ("The Garment and Textiles Company", "GARTEX"),
        ("Société Générale", "SOCGEN"),
        ("a", ""),
        ("", ""),
    ],
)
def test_name_part(name: str, part: str) -> None:
    assert rules.name_part(name) == part


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("11455 Main Street, Suite 9999", "1145"),
        ("236 Wendell Ford Blvd Suite 1000", "1000"),
        ("2-6, 8-Chome Isogami-Dori", "268"),
        ("One Thousand Century Plaza", ""),
        ("007 North, 12 South, 0008", "12"),
        ("9" + "1" * 5000, "9111"),
    ],
)
def test_number_part(address: str, part: str) -> None:
    assert rules.number_part(address) == part


@pytest.mark.parametrize(
    ("city", "country", "part"),
    [
        ("St. Michel", "FR", "STM"),
        ("The Hague", "NL", "HAG"),
        ("Kowloon", "HK", "HON"),
        ("Taipa", "MO", "MAC"),
        ("Jurong", "SG", "SIN"),
        ("ĐÀ NẴNG", "VN", "DAN"),
        ("ŁÓDŹ", "PL", "LOD"),
        ("Ørsta", "NO", "ORS"),
        ("Diyarbakır", "TR", "DIY"),
        ("Gießen", "DE", "GIE"),
        ("Ürümqi", "CN", "URU"),
    ],
)
def test_city_part(city: str, country: str, part: str) -> None:
    assert rules.city_part(city, country) == part


def test_two_firms_may_have_one_mid() -> None:
    first = _mid("CN", "Xinjiang Tianmian Textile Co", "No. 16 Kaifa Rd", "Korla")
    second = _mid("CN", "Xinjin Tianma Garments", "16 Ring Rd", "Korla")
    assert first == second == "CNXINTIA16KOR"

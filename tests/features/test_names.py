"""Spellings of one name come to one form; names of two firms do not."""

import pytest

from originrisk.features.names import address_key, address_tokens, company_key, company_tokens, tokens
from originrisk.features.places import names_xinjiang

ONE_FIRM = [
    ("Shaoxing Qiaolong Textile Co., Ltd.", "SHAOXING QIAO LONG TEX. CO LTD"),
    ("Öz Işıltı Tekstil San. ve Tic. Ltd. Şti.", "OZ ISILTI TEXTILE"),
    ("Công ty TNHH May Thành Vinh", "MAY THANH VINH JOINT STOCK COMPANY"),
    ("M/S. Padma Tara Garments (Pvt.) Ltd.", "PADMA TARA GMTS"),
    ("P.T. Bumi Wira Tbk", "PT BUMI WIRA"),
    ("Confecciones del Llano S.A. de C.V.", "CONFECCION DEL LLANO SA DE CV"),
    ("HONG KONG LUMO TRADE LIMITED", "HK Lumo Trading"),
    ("Korvan No. 2 Cotton Mill", "KORVAN SECOND COTTON MILLS"),
    ("KORVAN TOYS AND GIFTS", "KORVAN TOY GIFT"),
    ("NIVARO IMPEX", "Nivaro Imp. & Exp. Co."),
]


@pytest.mark.parametrize(("first", "second"), ONE_FIRM)
def test_spellings_of_one_firm_have_one_key(first: str, second: str) -> None:
    assert company_key(first) == company_key(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("KORVAN NO. 1 COTTON MILL", "KORVAN NO. 2 COTTON MILL"),
        ("XINHUA TEXTILE CO", "HUAXIN TEXTILE CO"),
        ("MAY THANH CONG", "MAY THANH"),
    ],
)
def test_two_firms_have_two_keys(first: str, second: str) -> None:
    assert company_key(first) != company_key(second)


def test_a_name_of_nothing_but_legal_forms_keeps_them() -> None:
    assert company_tokens("CO., LTD.") == ["CO", "LTD"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("FERN&LTD", ["FERN", "LTD"]),
        ("FERN&GTX CO", ["FERN", "GTX", "CO"]),
        ("FERN&LT CO", ["FERN", "LT", "CO"]),
        ("R&D CO", ["R", "D", "CO"]),
        ("AT&T", ["AT", "T"]),
        ("Fern&copyright", ["FERN", "COPYRIGHT"]),
        ("&copy 2020 Fern", ["2020", "FERN"]),
    ],
)
def test_what_only_begins_like_an_entity_is_none(name: str, words: list[str]) -> None:
    assert tokens(name) == words


def test_an_empty_name_has_no_words() -> None:
    assert company_tokens("") == []


def test_initials_with_points_are_one_word() -> None:
    assert tokens("A.B.C. Co.,Ltd.") == ["ABC", "CO", "LTD"]


def test_a_point_between_words_parts_them() -> None:
    assert tokens("SAN.VE TIC.") == ["SAN", "VE", "TIC"]


def test_street_words_and_zeros_do_not_tell_addresses_apart() -> None:
    assert address_tokens("No.007 Lumo Road") == address_tokens("NO 7 LUMO RD.")
    assert address_key("Lumo Rd No 7") == address_key("NO. 7, LUMO ROAD")


def test_a_vague_address_has_no_key() -> None:
    assert address_key("LUMO ROAD") == ""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("FERN &amp; REED TEXTILES", "Fern & Reed Textile"),
        ("FERN &AMP;AMP; REED TEXTILES", "Fern & Reed Textile"),
        ("FERN &amp REED TEXTILES", "Fern & Reed Textile"),
        ("CAF&EACUTE; ROMA", "Café Roma"),
        ("KORVAN&#39;S TOYS", "KORVANS TOYS"),
        ("Großhandel Straßer GmbH", "GROẞHANDEL STRAẞER GMBH"),
        ("Großhandel Straßer GmbH", "GROSSHANDEL STRASSER"),
        ("ĐÀ NẴNG ŁÓDŹ Ørsted", "DA NANG LODZ ORSTED"),
        ("新疆雪羽棉业有限公司", "Xinjiang Xueyu Mianye Co., Ltd."),
        ("ООО Снежное Перо", "Снежное перо"),
        ("대한섬유 주식회사", "(주)대한섬유"),
        ("شركة النسيج المحدودة", "النسيج"),
        ("บริษัท ไทยสิ่งทอ จำกัด", "ไทยสิ่งทอ"),
        ("S A KHAN TEXTILES", "S.A. Khan Textile"),
    ],
)
def test_scripts_and_letters_have_one_form(first: str, second: str) -> None:
    assert company_key(first) == company_key(second) != ""


@pytest.mark.parametrize("name", ["新疆雪羽棉业有限公司", "Снежное Перо", "대한섬유", "ไทยสิ่งทอ", "النسيج"])
def test_a_name_in_another_script_is_no_other_name(name: str) -> None:
    assert company_key(name) != company_key(name[::-1]) != ""


@pytest.mark.parametrize("initials", ["S.A.", "A.G.", "A.", "A. B.", "N."])
def test_initials_of_a_person_are_no_legal_form(initials: str) -> None:
    assert company_key(f"{initials} KHAN TEXTILES") != company_key("KHAN TEXTILES")
    assert company_key("KHAN TEXTILES S.A.") == company_key("KHAN TEXTILES")


@pytest.mark.parametrize(
    "name",
    [
        "TO ORDER",
        "To the order of",
        "TO THE ORDER OF SOME BANK",
        "Same as consignee",
        "SAME AS NOTIFY PARTY",
        "ORDER",
        "Same",
        "TBA",
        "As above",
        "TO ORDER BANK OF CHINA",
        "N/A",
        "n.a.",
        "UNKNOWN MANUFACTURER",
        "Not available",
        "MULTIPLE SUPPLIERS",
        "PER INVOICE",
        "See attached",
        "XXX",
    ],
)
def test_what_stands_in_place_of_a_party_is_nobody(name: str) -> None:
    assert company_key(name) == ""


@pytest.mark.parametrize(
    "name", ["Order Textiles", "Tailored To Order Ltd", "Various Threads Co", "XX Knit", "Unknown Pleasures Ltd"]
)
def test_a_party_whose_name_has_such_words_is_somebody(name: str) -> None:
    assert company_key(name) != ""


@pytest.mark.parametrize(
    ("text", "clear"),
    [
        ("乌鲁木齐", 1),
        ("新疆维吾尔自治区", 1),
        ("URUMQI", 1),
        ("XIN JIANG", 1),
        ("88 URUMQI ROAD, QINGDAO", 0),
        ("青岛市新疆路5号", 0),
        ("Wulumuqi Zhong Lu 12, Shanghai", 0),
        ("No. 3 Beijing Road, Urumqi", 1),
        ("Yutian", 0.5),
        ("QINGDAO", 0),
    ],
)
def test_places_of_xinjiang_but_not_streets_called_after_them(text: str, clear: float) -> None:
    assert names_xinjiang(text) == clear

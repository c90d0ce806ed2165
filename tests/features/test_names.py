"""Spellings of one name come to one form; names of two firms do not."""

import pytest

from originrisk.features.names import address_key, address_tokens, company_key, company_tokens, tokens

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

"""MIDs read and compared."""

import pytest

from originrisk.data.identifiers.manufacturer_id import Likeness, ManufacturerId, compare, parse


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
    [
        "",
        "CN",
        "CN1234",
        "CNABCDEFG12KOR",
        "CNXINTIA16KORLA",
        "CNXINTIA12345KOR",
        "12XINTIA16KOR",
        "CNXIN-TIA16KOR",
    ],
)
def test_malformed(text: str) -> None:
    assert parse(text) is None


def test_province_of_canada_is_canada() -> None:
    canadian, chinese = parse("XQMONTEX12MON"), parse("CNXINTIA16KOR")
    assert canadian is not None
    assert chinese is not None
    assert (canadian.origin, chinese.origin) == ("CA", "CN")


@pytest.mark.parametrize(
    ("other", "likeness"),
    [
        ("cnxintia16kor", Likeness.SAME),
        ("CNXINTIA17KOR", Likeness.NEAR),
        ("CNXNITIA16KOR", Likeness.NEAR),
        ("CNXINTIA9925AKS", Likeness.NEAR),
        ("CNHETHAO9925HET", Likeness.DIFFERENT),
        ("VNXINTIA16KOR", Likeness.DIFFERENT),
    ],
)
def test_compare(other: str, likeness: Likeness) -> None:
    assert compare("CNXINTIA16KOR", other) is likeness
    assert compare(other, "CNXINTIA16KOR") is likeness

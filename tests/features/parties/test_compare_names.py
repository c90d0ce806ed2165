"""Names of one firm weigh for it, look-alikes against, and each piece says why."""

import pytest

from originrisk.features.parties.compare import CountryRarity, WordCounts, weigh_names, weigh_texts

NOTHING_COUNTED = CountryRarity(WordCounts(), "CN")
ENOUGH = 11.0


def bits(left: str, right: str) -> float:
    return weigh_texts(left, right, NOTHING_COUNTED).bits


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("GUANGZHOU HAIGE COMMUNICATIONS GROUP", "GZ HAIGE COMM GRP"),
        ("SHAOXING QIAOLONG TEXTILE CO., LTD.", "QIAO LONG TEXTILE (SHAOXING) COMPANY LIMITED"),
        ("WULUMUQI LANYUE TEXTILE CO LTD", "Urumqi Lan Yue Tex. Co., Ltd."),
        ("KORVAN SECOND COTTON MILL", "KORVAN NO. 2 COTTON MILL"),
    ],
)
def test_spellings_of_one_firm_weigh_for_it(left: str, right: str) -> None:
    assert bits(left, right) > ENOUGH


@pytest.mark.parametrize(
    ("left", "right", "why"),
    [
        ("KORVAN NO. 1 COTTON MILL", "KORVAN NO. 2 COTTON MILL", "other number"),
        ("KORVAN COTTON MILL", "KORVAN NO. 2 COTTON MILL", "lacks number"),
        ("NINGBO XINHUA GARMENT", "NINGBO HUAXIN GARMENT", "other own"),
        ("NINGBO XIN HUA GARMENT", "NINGBO HUA XIN GARMENT", "words turned"),
        ("NINGBO XINHUA GARMENT", "JIAXING XINHUA GARMENT", "other place"),
        ("NINGBO XINHUA GARMENT", "NINGBO XINHUA FURNITURE", "other trade"),
        ("NINGBO JINTAI GARMENT", "NINGBO JINGTAI GARMENT", "name mistyped"),
    ],
)
def test_look_alikes_do_not_and_the_evidence_says_why(left: str, right: str, why: str) -> None:
    evidence = weigh_texts(left, right, NOTHING_COUNTED)
    assert evidence.bits < ENOUGH
    assert min(evidence.parts, key=lambda part: part.bits).kind == why


def test_the_sides_may_be_changed() -> None:
    left, right = "GZ HAIGE COMM GRP", "HAIGE COMMUNICATIONS GROUP GUANGZHOU"
    assert bits(left, right) == pytest.approx(bits(right, left))


def test_rare_words_weigh_more() -> None:
    counts = WordCounts()
    for _ in range(200):
        counts.count("CN", ["XINHUA"])
    common, rare = (weigh_names(name, name, CountryRarity(counts, "CN"))[0].bits for name in ("XINHUA", "QIAOLONG"))
    assert rare > common + 5


def test_more_evidence_always_counts_more() -> None:
    one, two, three = (bits(name, name) for name in ("KORVAN", "KORVAN LUMERI", "KORVAN LUMERI TADESHO"))
    assert one < two < three


def test_translations_of_a_trade_speak_less_against_than_other_trades() -> None:
    clothing, furniture = (
        bits("NINGBO KORVAN GARMENT", f"NINGBO KORVAN {trade}") for trade in ("CLOTHING", "FURNITURE")
    )
    assert clothing > ENOUGH > furniture


def test_a_missing_name_says_nothing() -> None:
    assert weigh_names("", "KORVAN", NOTHING_COUNTED) == []


def test_words_of_the_city_count_as_place() -> None:
    left, right = "KORVAN GARMENT BINH DUONG", "KORVAN GARMENT"
    apart, told = (
        sum(part.bits for part in weigh_names(left, right, NOTHING_COUNTED, cities))
        for cities in (("", ""), ("BINHDUONG", "BINHDUONG"))
    )
    assert told > apart


def test_a_city_in_the_name_is_left_to_the_city() -> None:
    parts = weigh_names("SHAOXING KORVAN", "SHAOXING KORVAN", NOTHING_COUNTED, ("SHAOXING", "SHAOXING"))
    assert {part.left: part.bits > 0 for part in parts} == {"KORVAN": True, "SHAOXING": False}

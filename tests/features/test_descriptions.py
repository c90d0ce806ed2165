"""Descriptions as merchants write them: the hand-written table, its kinds one by one, and hostile text."""

from math import isnan
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.descriptions import read, table
from originrisk.features.descriptions import composition, pack_count


@pytest.mark.parametrize(("text", "expected"), table(), ids=[text for text, _ in table()])
def test_what_a_description_says(text: str, expected: set[tuple[str, float | None]]) -> None:
    if text == "PAMUKSUZ KUMAS":
        pytest.xfail("a Turkish ending that denies is not read")
    assert read(text) == expected


def test_the_table_is_large_and_no_text_stands_twice() -> None:
    texts = [text for text, _ in table()]
    assert len(texts) >= 200
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("text", ["COTTON T-SHIRT", "POLY/COTTON T-SHIRT", "CVC SHIRT", "GARMENTS", "300% COTTON", ""])
def test_not_said_is_neither_zero_nor_one(text: str) -> None:
    assert isnan(composition(text).share("cotton"))


def test_a_named_material_is_not_a_denied_one() -> None:
    assert composition("POLY/COTTON T-SHIRT").names("cotton")
    assert not composition("T-SHIRT OTHER THAN COTTON").names("cotton")
    assert not composition("100% POLYESTER").names("cotton")


@pytest.mark.parametrize(
    ("text", "pieces"), [("5-PACK TANK", 5), ("BRIEFS PACK OF 6", 6), ("3PK SOCKS", 3), ("SOCKS", None)]
)
def test_pieces_of_a_pack(text: str, pieces: int | None) -> None:
    found = pack_count(text)
    assert isnan(found) if pieces is None else found == pieces


@given(st.text(st.sampled_from("0159%/+-(), COTNPLYESRW棉ÔŞ\n"), max_size=60))
def test_shares_are_shares(text: str) -> None:
    found = composition(text)
    for material in {*found.materials(), "cotton"}:
        share = found.share(material)
        assert isnan(share) or 0 <= share <= 1


@pytest.mark.parametrize("piece", ["9", "COTTON ", "60% ", "C O T T ", "NOT OF ", "65/35/", "<", "1P2C"])
def test_a_long_hostile_text_takes_no_time(piece: str) -> None:
    start = process_time()
    composition(piece * (20_000 // len(piece)))
    assert process_time() - start < 2

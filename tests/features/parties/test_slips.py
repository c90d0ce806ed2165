"""Slips make one word of another where a hand or a romanisation would; likelier other names cost more."""

import pytest

from originrisk.features.parties.align import is_mistyped, romanised, slip_cost


@pytest.mark.parametrize(
    ("word", "other", "slips"),
    [
        ("TARA", "TRAA", True),
        ("TARA", "TARO", False),
        ("RUIFENGHAO", "RUIFENHAO", True),
        ("BRIGHTLOOM", "BRIGTHLOMO", True),
        ("QIAOLONG", "QIAOYUAN", False),
        ("SALEEM", "SALIM", True),
    ],
)
def test_long_words_may_have_more_slips(word: str, other: str, slips: bool) -> None:
    assert is_mistyped(word, other) is slips


def test_old_and_new_romanisations_have_one_form() -> None:
    assert romanised("TJAHAJA") == romanised("CAHAYA")
    assert romanised("LAKSHMI") == romanised("LAXMI")
    assert romanised("JAYA") != romanised("CAYA")


def test_swapped_letters_cost_least_and_another_letter_most() -> None:
    swapped, more, other = (slip_cost("QIAOLONG", word, own=True) for word in ("QIAOLNOG", "QIAOLONGE", "QIAOLANG"))
    assert 0 < swapped < more < other


def test_a_slip_in_a_long_word_costs_less() -> None:
    assert slip_cost("YUKSELOGLU", "YUKSELOGLA", own=True) < slip_cost("JINTAI", "JINTAO", own=True)


def test_a_slip_in_a_trade_leaves_little_doubt() -> None:
    assert slip_cost("KNITTING", "KNITIMG", own=False) < 2

"""Words of two names find each other, each once, the surest way first."""

import pytest

from originrisk.features.parties.align import align, unmatched


def kinds(left: str, right: str) -> list[tuple[str, str, str]]:
    words = left.split(), right.split()
    return [
        (match.kind, " ".join(words[0][slice(*match.left)]), " ".join(words[1][slice(*match.right)]))
        for match in align(*words)
    ]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("QIAOLONG TEXTILE", "TEXTILE QIAOLONG", ("same", "QIAOLONG", "QIAOLONG")),
        ("XIN JIANG LANYUE", "XINJIANG LANYUE", ("parted", "XIN JIANG", "XINJIANG")),
        ("XINH UA TEXTILE", "XIN HUA TEXTILE", ("parted", "XINH UA", "XIN HUA")),
        ("HTM", "HAIGE TEXTILE MACHINERY", ("initials", "HTM", "HAIGE TEXTILE MACHINERY")),
        ("HAIGE COMM", "HAIGE COMMUNICATION", ("shortened", "COMM", "COMMUNICATION")),
        ("QD BEILU", "QINGDAO BEILU", ("shortened", "QD", "QINGDAO")),
        ("QIAOLNOG", "QIAOLONG", ("mistyped", "QIAOLNOG", "QIAOLONG")),
        ("QIAO LONG", "QIAOLNOG", ("mistyped", "QIAO LONG", "QIAOLNOG")),
        ("TJAHAJA", "CAHAYA", ("mistyped", "TJAHAJA", "CAHAYA")),
    ],
)
def test_words_answer_to_each_other(left: str, right: str, expected: tuple[str, str, str]) -> None:
    assert expected in kinds(left, right)
    kind, mine, theirs = expected
    assert (kind, theirs, mine) in kinds(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [("XINHUA", "HUAXIN"), ("SOLA TERA", "SOLAPALO"), ("12", "13"), ("1001", "1010"), ("TARA", "TORI")],
)
def test_other_words_do_not(left: str, right: str) -> None:
    assert kinds(left, right) == []


def test_no_word_answers_twice() -> None:
    assert kinds("KAI KAI", "KAI") == [("same", "KAI", "KAI")]


def test_words_outside_all_matches_are_left() -> None:
    assert unmatched(["A", "B", "C", "D"], [(1, 3)]) == [0, 3]

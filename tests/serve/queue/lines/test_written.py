"""Hostile text: what hides, turns or piles up is seen; ordinary writing of any script stays as it is."""

import pytest

from originrisk.serve.queue.lines.written import folded, visible


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("A\u202eB", "A‹U+202E›B"),
        ("A\u200bB", "A‹U+200B›B"),
        ("A\x00B", "A‹U+0000›B"),
        ("A\nB", "A‹U+000A›B"),
        ("A\u00a0B", "A‹U+00A0›B"),
        ("A\u3164B", "A‹U+3164›B"),
        ("A\ufe0fB", "A‹U+FE0F›B"),
        ("a\u0301\u0302\u0303", "a\u0301\u0302‹U+0303›"),
    ],
)
def test_what_cannot_be_seen_is_written_as_its_code(hostile: str, shown: str) -> None:
    assert visible(hostile) == shown


@pytest.mark.parametrize(
    "plain", ["NEW  MILL CO., LTD.", "新疆棉花", "شركة القطن", "Đà Nẵng", "<script>alert(1)</script>"]
)
def test_ordinary_writing_stays(plain: str) -> None:
    assert visible(plain) == plain


def test_long_text_is_folded_and_says_how_much_is_left() -> None:
    assert folded("x" * 10_000, 50) == "x" * 50 + "… (+9,950 characters)"
    assert folded("short", 50) == "short"
    assert folded(None) == ""

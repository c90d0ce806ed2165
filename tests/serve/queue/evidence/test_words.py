"""Probabilities in words: order, no false certainty, the band of the model that gave them."""

import json
from itertools import groupby
from pathlib import Path

import pytest

from originrisk.models.calibration import Calibrator
from originrisk.models.registry import bundle_path, champion_version
from originrisk.serve.queue.evidence.words import Said, folded, percent, said, visible


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0%"),
        (0.00004, "<0.01%"),
        (0.0042, "0.42%"),
        (0.0312, "3.1%"),
        (0.31, "31%"),
        (0.997, ">99%"),
        (1.0, "100%"),
    ],
)
def test_a_share_has_the_digits_that_it_deserves(share: float, words: str) -> None:
    assert percent(share) == words


def test_a_higher_probability_never_has_a_weaker_word() -> None:
    words = [Said(step / 1000, None, None).word for step in range(1001)]
    assert words[0] == "very unlikely"
    assert words[-1] == "more likely than not"
    runs = [word for word, _ in groupby(words)]
    assert len(runs) == len(set(runs))


def test_the_band_is_that_of_the_model_and_unknown_without_it(storied_home: Path) -> None:
    version = champion_version(storied_home)
    assert version
    known = said(storied_home, version, 0.3, "6109100012")
    assert known.lower is not None
    assert known.upper is not None
    assert known.lower <= 0.3 <= known.upper
    assert "no longer kept" in said(storied_home, "gone", 0.3, "6109100012").band


def test_goods_of_a_chapter_without_a_result_are_said_to_be_so(tmp_path: Path) -> None:
    folder = bundle_path(tmp_path, "v")
    folder.mkdir(parents=True)
    known = Calibrator(edges=(0.0,), lower=(0.2,), upper=(0.3,), chapters=("61",))
    (folder / "calibrator.json").write_text(json.dumps(known.to_json()), encoding="utf-8")
    examined, other = (said(tmp_path, "v", 0.25, number) for number in ("6109100012", "9403500000"))
    assert examined.band == "The evidence leaves 20% to 30% open (90 % band)."
    assert other.band.startswith("Insufficient evidence: no examination of goods of chapter 94 is known to the model.")
    assert (other.lower, other.upper) == pytest.approx((0.046, 0.689), abs=0.001)


@pytest.mark.parametrize(
    ("lower", "upper", "enough"), [(0.02, 0.19, True), (0.02, 0.5, False), (0.06, 0.9, True), (0.0, 0.2, False)]
)
def test_a_band_from_one_end_of_the_words_to_the_other_is_called_insufficient(
    lower: float, upper: float, enough: bool
) -> None:
    assert ("Insufficient evidence" not in Said(0.1, lower, upper).band) is enough


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

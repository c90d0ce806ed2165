"""Probabilities in words: order, no false certainty, the band of the model that gave them."""

from itertools import groupby
from pathlib import Path

import pytest

from originrisk.models.registry import champion_version
from originrisk.serve.queue.lines.words import Said, percent, said


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
    known = said(storied_home, version, 0.3)
    assert known.lower is not None
    assert known.upper is not None
    assert known.lower <= 0.3 <= known.upper
    assert "no longer kept" in said(storied_home, "gone", 0.3).band


@pytest.mark.parametrize(
    ("lower", "upper", "enough"),
    [(0.02, 0.19, True), (0.02, 0.5, False), (0.06, 0.9, True), (0.0, 0.2, False)],
)
def test_a_band_from_one_end_of_the_words_to_the_other_is_called_insufficient(
    lower: float, upper: float, enough: bool
) -> None:
    assert ("Insufficient evidence" not in Said(0.1, lower, upper).band) is enough

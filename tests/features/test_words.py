"""The score of a description's words: learned when an outcome is known, out of fold by time, saved whole."""

from datetime import date, timedelta

import numpy as np
import pytest

from originrisk.features.commodity.wording import description_word_score
from originrisk.features.history.words import Words
from originrisk.features.lines import Lines
from tests.features import laws
from tests.features.factory import change, entries, outcomes

TEXTS = ["Denim jeans 60% cotton", "COTTON JEANS style 48213", "STEEL BOLTS", None, "bolts, steel: 60", "..."]


def lines_of(*texts: str | None) -> Lines:
    return Lines.of(change(entries(len(texts)), description=[*texts]))


def taught() -> Words:
    words = Words()
    found = np.array([True] * 8 + [False] * 12)
    words.learn_outcomes(1, lines_of(*["COTTON JEANS"] * 10, *["STEEL BOLTS"] * 10), found)
    return words


def test_words_of_found_goods_score_high_and_others_low() -> None:
    score = taught().see(lines_of(*TEXTS))["score"]
    assert score[1] > score[0] > 0 > score[4] > score[2]
    assert np.isnan(score[[3, 5]]).all()
    jeans = np.log((8 / 0.4 + 10) / (10 + 10))
    np.testing.assert_allclose(taught().see(lines_of("COTTON JEANS"))["score"], [jeans])


def test_a_word_said_twice_counts_once() -> None:
    twice, once = taught().see(lines_of("JEANS JEANS BOLTS", "JEANS BOLTS"))["score"]
    assert twice == once


def test_alone_and_in_company_the_score_is_the_same() -> None:
    together = taught().see(lines_of(*TEXTS))["score"]
    alone = [taught().see(lines_of(text))["score"][0] for text in TEXTS]
    np.testing.assert_array_equal(together, alone)


def test_the_order_of_outcomes_does_not_matter() -> None:
    one, other = Words(), Words()
    found = np.array([True, False, True, False])
    one.learn_outcomes(1, lines_of(*TEXTS[:4]), found)
    for row in (3, 1, 0, 2):
        other.learn_outcomes(1, lines_of(TEXTS[row]), found[[row]])
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(array, other.arrays()[name])
    assert one.total.tolist() == [4, 2]


def test_what_is_held_goes_on_learning() -> None:
    words, arrays = Words(), taught().arrays()
    for array in arrays.values():
        array.flags.writeable = False
    words.hold(arrays)
    np.testing.assert_array_equal(
        words.see(lines_of(*TEXTS))["score"], taught().see(lines_of(*TEXTS))["score"]
    )
    words.learn_outcomes(2, lines_of("COTTON JEANS"), np.array([True]))
    assert words.total.tolist() == [21, 9]


@pytest.mark.parametrize(("days_before", "seen"), [(1, True), (0, False)])
def test_an_outcome_is_read_from_the_day_after(days_before: int, seen: bool) -> None:
    day = date(2019, 3, 1)
    last = day + timedelta(days=60)
    table = change(entries(3), entry_date=[day, day, last], received_on=[day, day, last])
    table = change(table, description=["COTTON JEANS", "STEEL BOLTS", "COTTON SHIRTS"])
    known_on = [last - timedelta(days=days_before), day + timedelta(days=5)]
    found = change(
        outcomes(table.slice(0, 2), share=1.0), outcome_date=known_on, result=["xinjiang", "not_xinjiang"]
    )
    score = [*laws.features_of([description_word_score], table, found).values()][-1][0]
    assert (score > 0) == seen
    assert seen or score == 0

import math
from dataclasses import replace

import numpy as np

from originrisk.features.catalogue import CATALOGUE
from originrisk.features.feature import Feature
from originrisk.models.reasons import explained, reasons


def feature(name: str, *, unit: str = "lines", sentence: str = "It had {value:.0f} lines.") -> Feature:
    return Feature(
        name, "supplier", unit, "", sentence, "never seen before", "number", 0, False, lambda *_: np.empty(0)
    )


FEATURES = (feature("a"), feature("b"), feature("c"))


def test_what_raises_most_comes_first_and_what_lowers_is_left_out() -> None:
    found = reasons(FEATURES, np.array([1.0, 2.0, 3.0]), np.array([0.1, -0.5, 0.7, 9.0]), most=5)
    assert [reason["feature"] for reason in found] == ["c", "a"]
    assert [reason["contribution"] for reason in found] == [0.7, 0.1]


def test_no_more_than_asked_for() -> None:
    assert len(reasons(FEATURES, np.ones(3), np.array([0.1, 0.2, 0.3, 0.0]), most=2)) == 2


def test_ties_keep_the_order_of_the_catalogue() -> None:
    found = reasons(FEATURES, np.ones(3), np.array([0.2, 0.2, 0.2, 0.0]), most=3)
    assert [reason["feature"] for reason in found] == ["a", "b", "c"]


def test_the_sentence_carries_the_value() -> None:
    found = reasons(FEATURES, np.array([12.0, 0.0, 0.0]), np.array([0.2, 0.0, 0.0, 0.0]), most=1)
    assert (found[0]["text"], found[0]["value"]) == ("It had 12 lines.", 12.0)


def test_a_missing_value_is_said_to_be_missing() -> None:
    of = replace(feature("supplier_age"), meaning="Days since the first line of the supplier.")
    found = reasons((of,), np.array([math.nan]), np.array([0.2, 0.0]), most=1)
    said = "Not known (never seen before): days since the first line of the supplier."
    assert (found[0]["text"], found[0]["value"]) == (said, None)
    found = reasons((replace(of, meaning="MIDs of the supplier."),), np.array([math.nan]), np.ones(2), most=1)
    assert found[0]["text"] == "Not known (never seen before): MIDs of the supplier."


def test_a_yes_or_no_that_is_no_is_not_told_as_a_yes() -> None:
    round_value = feature("round_value", unit="yes/no", sentence="The value is a round number.")
    no, yes = (
        reasons((round_value,), np.array([v]), np.array([0.2, 0.0]), most=1)[0]["text"] for v in (0.0, 1.0)
    )
    assert (no, yes) == ("Round value: no.", "The value is a round number.")


def test_every_feature_of_the_catalogue_has_a_text_for_any_value() -> None:
    width = len(CATALOGUE)
    for value in (0.0, 1.0, -2.5, 1e9, math.nan):
        found = reasons(CATALOGUE, np.full(width, value), np.ones(width + 1), most=width)
        assert len(found) == width
        assert all(reason["text"].strip() and "{" not in reason["text"] for reason in found)


def test_what_speaks_against_comes_lowest_first_and_all_parts_add_up() -> None:
    parts = np.array([0.4, -0.5, -0.7, -2.0])
    told = explained(FEATURES, np.ones(3), parts, most=5)
    assert [reason["feature"] for reason in told.against] == ["c", "b"]
    assert told.base_log_odds == -2.0
    assert told.log_odds is not None
    shown = sum(reason["contribution"] for reason in (*told.reasons, *told.against))
    assert math.isclose(told.base_log_odds + shown, told.log_odds)

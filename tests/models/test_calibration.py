import json

import numpy as np
import pytest
from scipy.special import expit, logit

from originrisk.models.calibration import Calibrator

LOG_ODDS = np.linspace(-12, 12, 201)


def test_neutral_calibrator_is_the_logistic_curve() -> None:
    assert np.allclose(Calibrator().probability(LOG_ODDS), 1 / (1 + np.exp(-LOG_ODDS)))


def test_equal_slopes_are_platt_scaling() -> None:
    platt = Calibrator(intercept=-0.7, low=1.3, high=1.3)
    assert np.allclose(platt.probability(LOG_ODDS), expit(-0.7 + 1.3 * LOG_ODDS))


@pytest.mark.parametrize(("low", "high"), [(0.3, 2.0), (2.0, 0.3), (0.0, 1.0)])
def test_order_is_kept(low: float, high: float) -> None:
    assert (np.diff(Calibrator(low=low, high=high).probability(LOG_ODDS)) >= 0).all()


def test_a_calibrator_that_turns_the_order_is_refused() -> None:
    with pytest.raises(ValueError, match="order"):
        Calibrator(low=-0.1)


def test_band_steps_begin_at_their_edge() -> None:
    banded = Calibrator(edges=(0.0, 0.5), lower=(0.0, 0.4), upper=(0.2, 0.9))
    lower, upper = banded.band(np.array([0.1, 0.5, 0.7]))
    assert lower.tolist() == [0.0, 0.4, 0.4]
    assert upper.tolist() == [0.2, 0.9, 0.9]


def test_band_always_holds_the_probability() -> None:
    banded = Calibrator(edges=(0.0,), lower=(0.3,), upper=(0.4,))
    probability = np.array([0.1, 0.35, 0.8])
    lower, upper = banded.band(probability)
    assert ((lower <= probability) & (probability <= upper)).all()


def test_json_gives_back_the_same_calibrator() -> None:
    calibrator = Calibrator(-1.5, 0.9, 1.2, (0.0, 0.1), (0.0, 0.05), (0.2, 0.6))
    assert Calibrator.from_json(json.loads(json.dumps(calibrator.to_json()))) == calibrator


def test_goods_of_a_chapter_without_a_result_have_a_band_five_times_as_wide_in_odds() -> None:
    known = Calibrator(edges=(0.0,), lower=(0.1,), upper=(0.3,), chapters=("61", "62"))
    probability = np.full(3, 0.2)
    lower, upper = known.band(probability, ["6109100012", "9403", "94"])
    assert known.unknown(["6109100012", "9403", "94"]).tolist() == [False, True, True]
    assert (lower[0], upper[0]) == pytest.approx((0.1, 0.3))
    assert logit(0.1) - logit(lower[1:]) == pytest.approx(np.log(5), abs=0.05)
    assert logit(upper[1:]) - logit(0.3) == pytest.approx(np.log(5), abs=0.05)


def test_where_it_is_not_known_which_chapters_taught_no_band_is_wider() -> None:
    older = Calibrator.from_json({"intercept": 0.0, "low": 1.0, "high": 1.0, "edges": [0], "lower": [0], "upper": [1]})
    assert not older.unknown(["94"]).any()
    ends = older.band(np.array([0.2]), ["94"])
    assert [end.tolist() for end in ends] == [[0.0], [1.0]]

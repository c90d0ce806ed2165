import numpy as np
import pytest

from originrisk.data.errors import ModelRefusedError
from originrisk.features.catalogue import NAMES
from originrisk.models.calibration import Calibrator
from originrisk.models.origin_model import FEW, OriginModel
from tests.models.factory import matrix, model


def test_contributions_add_up_to_the_log_odds() -> None:
    origin, lines = model(), matrix(50)
    assert np.allclose(origin.contributions(lines).sum(axis=1), origin.log_odds(lines), atol=1e-9)


def test_log_odds_are_the_mean_of_the_boosters_and_the_base() -> None:
    origin, lines = model(), matrix(20)
    raw = [booster.predict(lines, raw_score=True) for booster in origin.boosters]
    assert np.allclose(origin.log_odds(lines), (raw[0] + raw[1]) / 2 - 0.5)


def test_probability_is_the_calibrated_log_odds() -> None:
    origin, lines = model(calibrator=Calibrator(-2.0, 1.0, 1.0)), matrix(20)
    expected = 1 / (1 + np.exp(2.0 - origin.log_odds(lines)))
    assert np.allclose(origin.probability(lines), expected)


def test_a_line_scores_the_same_alone_and_in_company() -> None:
    origin, lines = model(), matrix(FEW + 30)  # many are shared out among threads, few are not
    alone = np.concatenate([origin.probability(lines[i : i + 1]) for i in range(30)])
    assert np.array_equal(alone, origin.probability(lines)[:30])
    assert np.array_equal(origin.contributions(lines[:30]), origin.contributions(lines)[:30])


def test_no_lines_give_no_scores() -> None:
    empty = np.empty((0, len(NAMES)))
    assert model().probability(empty).shape == (0,)
    assert model().contributions(empty).shape == (0, len(NAMES) + 1)


def test_a_matrix_of_other_width_is_refused() -> None:
    with pytest.raises(ModelRefusedError, match="feature columns"):
        model().log_odds(matrix(5)[:, :-1])


def test_boosters_find_their_features_wherever_the_catalogue_has_them() -> None:
    swapped = (NAMES[1], NAMES[0], *NAMES[2:])
    lines, same = matrix(50), model()
    moved = OriginModel(same.boosters, same.base_log_odds, same.calibrator, swapped)
    assert np.array_equal(moved.probability(lines[:, [1, 0, *range(2, len(NAMES))]]), same.probability(lines))


def test_boosters_of_features_that_the_catalogue_lacks_are_refused() -> None:
    with pytest.raises(ModelRefusedError, match="others"):
        OriginModel(model().boosters, 0.0, Calibrator(), NAMES[1:])

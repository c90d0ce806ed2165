from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn import config_context
from sklearn.base import clone
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_validate
from sklearn.utils.estimator_checks import parametrize_with_checks

from originrisk.train.origin_classifier import NoisyResults, OriginClassifier
from tests.train.factory import planted

SMALL = {"trees": 60, "feature_share": 1.0}


def test_it_learns_what_decides() -> None:
    world, other = planted(), planted(seed=1)
    fitted = OriginClassifier(**SMALL).fit(world.examples.features, world.truth)
    found = average_precision_score(other.truth, fitted.predict_proba(other.examples.features)[:, 1])
    best = average_precision_score(other.truth, other.probability)
    assert found > 0.85 * best


def test_under_noise_it_learns_the_truth_not_the_results() -> None:
    world, other = planted(8000, noise={"detention": (0.4, 0.1)}), planted(seed=1)
    features, results = world.examples.features, world.examples.observed
    naive = OriginClassifier(**SMALL).fit(features, results)
    aware = OriginClassifier(**SMALL).fit(features, results, false_positive=0.4, false_negative=0.1)
    said = [m.predict_proba(other.examples.features)[:, 1].mean() for m in (naive, aware)]
    assert said[0] > 0.4
    assert abs(said[1] - other.truth.mean()) < 0.05


def test_the_offset_of_picked_lines_is_no_property_of_the_line() -> None:
    world = planted(8000, picked=1.5, random_share=0.05)
    offset = np.where(world.examples.random, 0.0, 1.5)
    unpicked = planted(seed=2, random_share=1.0)
    gaps = []
    for known in (0.0, offset):
        fitted = OriginClassifier(trees=150, feature_share=1.0).fit(world.examples.features, world.truth, offset=known)
        said = fitted.predict_proba(unpicked.examples.features)[:, 1].mean()
        gaps.append(abs(said - unpicked.truth.mean()))
    assert gaps[1] < 0.3 * gaps[0]


def test_same_data_and_seed_give_the_same_bytes() -> None:
    world = planted(500)
    texts = [
        OriginClassifier(**SMALL, seeds=(4,)).fit(world.examples.features, world.truth).boosters_[0].model_to_string()
        for _ in range(2)
    ]
    assert texts[0] == texts[1]


def test_seeds_are_averaged_in_log_odds() -> None:
    world = planted(800)
    features = world.examples.features
    alone = [OriginClassifier(**SMALL, seeds=(s,)).fit(features, world.truth).log_odds(features) for s in (1, 2)]
    both = OriginClassifier(**SMALL, seeds=(1, 2)).fit(features, world.truth).log_odds(features)
    assert np.allclose(both, (alone[0] + alone[1]) / 2)
    assert not np.allclose(alone[0], alone[1])


def test_a_monotone_feature_never_lowers_the_score() -> None:
    world = planted(3000)
    width = world.examples.features.shape[1]
    rising = (1, *[0] * (width - 1))
    fitted = OriginClassifier(**SMALL, monotone=rising).fit(world.examples.features, world.truth)
    steps = pd.DataFrame(0.0, range(50), world.examples.features.columns)
    steps["first"] = np.linspace(-3, 3, 50)
    assert (np.diff(fitted.log_odds(steps)) >= -1e-12).all()


def test_swapped_columns_are_refused() -> None:
    world = planted(300)
    fitted = OriginClassifier(**SMALL).fit(world.examples.features, world.truth)
    swapped = world.examples.features.iloc[:, ::-1]
    with pytest.raises(ValueError, match="same order"):
        fitted.predict_proba(swapped)


def test_it_can_be_cloned_with_its_parameters() -> None:
    copy = clone(OriginClassifier(trees=7, monotone=(1, 0)))
    assert (copy.trees, copy.monotone) == (7, (1, 0))


def test_probabilities_are_those_of_the_log_odds() -> None:
    world = planted(300)
    fitted = OriginClassifier(**SMALL).fit(world.examples.features, world.truth)
    both = fitted.predict_proba(world.examples.features)
    assert np.allclose(both[:, 1], expit(fitted.log_odds(world.examples.features)))
    assert np.allclose(both.sum(axis=1), 1)


def test_names_of_the_columns_are_kept() -> None:
    frame = pd.DataFrame({"a": np.arange(100.0), "b": np.ones(100)})
    fitted = OriginClassifier(**SMALL).fit(frame, np.arange(100) % 2)
    assert fitted.get_feature_names_out().tolist() == ["a", "b"]


def test_odd_seeds_draw_their_thresholds_and_even_ones_do_not() -> None:
    world = planted(600)
    fitted = OriginClassifier(**SMALL, seeds=(4, 7)).fit(world.examples.features, world.truth)
    drawn = ["[extra_trees: 1]" in booster.model_to_string() for booster in fitted.boosters_]
    assert drawn == [False, True]


def test_apart_the_seeds_make_the_boosters_they_make_together() -> None:
    world = planted(600)
    together = OriginClassifier(**SMALL, seeds=(4, 7)).fit(world.examples.features, world.truth)
    apart = [one.fit(world.examples.features, world.truth) for one in clone(together).apart()]
    texts = [booster.model_to_string() for one in apart for booster in one.boosters_]
    assert texts == [booster.model_to_string() for booster in together.boosters_]


def test_after_so_many_trees_the_log_odds_are_those_of_so_many() -> None:
    world = planted(600)
    many = OriginClassifier(**SMALL).fit(world.examples.features, world.truth)
    numbers = (10, 35, 60)
    for number, staged in zip(numbers, many.staged_log_odds(world.examples.features, numbers), strict=True):
        few = clone(many).set_params(trees=number).fit(world.examples.features, world.truth)
        assert np.allclose(staged, few.log_odds(world.examples.features), atol=1e-12)


LOG_ODDS = np.linspace(-6, 6, 13)


def results(false_positive: float = 0.2, false_negative: float = 0.1, offset: float = 0.0) -> NoisyResults:
    observed = (np.arange(len(LOG_ODDS)) % 2).astype(float)
    return NoisyResults.of(observed, 1.5, false_positive, false_negative, offset)


def test_chance_of_a_positive_result_mixes_both_errors() -> None:
    expected = 0.2 * (1 - expit(LOG_ODDS)) + 0.9 * expit(LOG_ODDS)
    assert np.allclose(results().chance(LOG_ODDS), expected)


def test_gradient_is_the_slope_of_the_loss() -> None:
    noisy, step = results(offset=0.4), 1e-6
    slope = (noisy.loss(LOG_ODDS + step) - noisy.loss(LOG_ODDS - step)) / (2 * step)
    assert np.allclose(noisy.gradient(LOG_ODDS)[0], slope, atol=1e-6)


def test_without_errors_it_is_the_logistic_loss() -> None:
    plain = results(0.0, 0.0)
    p = expit(LOG_ODDS)
    expected = -1.5 * np.where(plain.observed == 1, np.log(p), np.log1p(-p))
    assert np.allclose(plain.loss(LOG_ODDS), expected)
    assert np.allclose(plain.gradient(LOG_ODDS)[0], 1.5 * (p - plain.observed))


def test_a_step_of_the_gradient_never_raises_the_loss() -> None:
    noisy = results()
    first, second = noisy.gradient(LOG_ODDS)
    assert (noisy.loss(LOG_ODDS - first / second) <= noisy.loss(LOG_ODDS) + 1e-12).all()


def test_base_log_odds_see_through_the_errors() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(40_000) < 0.1
    observed = np.where(truth, rng.random(40_000) >= 0.1, rng.random(40_000) < 0.3).astype(float)
    base = NoisyResults.of(observed, None, 0.3, 0.1).base_log_odds()
    assert abs(expit(np.array(base)) - 0.1) < 0.015


def test_taking_lines_takes_all_of_their_parts() -> None:
    noisy = results().take(LOG_ODDS > 0)
    assert {len(noisy.observed), len(noisy.weight), len(noisy.offset)} == {6}


@parametrize_with_checks([OriginClassifier(trees=20, least_lines=5)])
def test_scikit_learn_finds_an_estimator_of_its_kind(estimator: OriginClassifier, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("labels", [(-1, 1), (1, 2), ("clean", "from Xinjiang"), (False, True)])
def test_any_two_labels_are_learned_as_their_own(labels: tuple[Any, Any]) -> None:
    world = planted(600)
    y = np.array(labels)[world.truth.astype(int)]
    fitted = OriginClassifier(**SMALL).fit(world.examples.features, y)
    plain = OriginClassifier(**SMALL).fit(world.examples.features, world.truth)
    assert fitted.classes_.tolist() == list(labels)
    assert np.array_equal(fitted.predict_proba(world.examples.features), plain.predict_proba(world.examples.features))
    assert set(fitted.predict(world.examples.features)) <= set(labels)


@pytest.mark.parametrize(
    "wrong",
    [
        {"y": np.array([0.0, 1.0, np.nan] * 20)},
        {"y": np.array([0, 1, 2] * 20)},
        {"y": np.array(["clean"] * 60)},
        {"sample_weight": np.full(60, -1.0)},
        {"false_positive": 0.6, "false_negative": 0.5},
        {"false_positive": -0.1},
    ],
)
def test_labels_weights_and_rates_that_mean_nothing_are_refused(wrong: dict[str, Any]) -> None:
    matrix = np.random.default_rng(0).normal(size=(60, 3))
    with pytest.raises(ValueError, match=r"NaN|class|egative|rates"):
        OriginClassifier(**SMALL).fit(matrix, **{"y": np.arange(60) % 2, **wrong})


def test_columns_numbered_by_pandas_are_taken() -> None:
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 3)))
    fitted = OriginClassifier(**SMALL).fit(frame, np.asarray(frame[1] > 0))
    assert fitted.feature_importances_.argmax() == 1
    assert fitted.feature_importances_.sum() == pytest.approx(1)
    assert np.array_equal(fitted.decision_function(frame) > 0, fitted.predict(frame))


def test_metadata_routing_passes_error_rates_through_a_cross_validation() -> None:
    world = planted(600)
    with config_context(enable_metadata_routing=True):
        asked = OriginClassifier(**SMALL).set_fit_request(false_positive=True)
        told = cross_validate(
            asked,
            world.examples.features,
            world.truth,
            params={"false_positive": np.full(600, 0.2)},
            error_score="raise",
        )
    assert len(told["test_score"]) == 5

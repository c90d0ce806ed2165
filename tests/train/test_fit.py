from dataclasses import replace
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import average_precision_score

import originrisk.train.fit
from originrisk.data.settings import ErrorPrior, TrainSettings
from originrisk.train.dataset import FeatureFrame, Unexamined
from originrisk.train.fit import FEW, FOLDS, Fitted, TrainingSet, fit, jobs_for, results_of
from originrisk.train.labels import Expected
from originrisk.train.origin_classifier import OriginClassifier
from tests.train.factory import NAMES, keys, none_of, planted

NOISE = {"isotopic": (0.02, 0.1), "detention": (0.4, 0.05)}
SMALL = OriginClassifier(feature_share=1.0)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    world = planted(4000, noise=NOISE, picked=1.0)
    return fit(world.examples, none_of(world.examples), SMALL, TrainSettings(), seed=0)


def test_it_ranks_new_lines_by_the_truth(fitted: Fitted) -> None:
    other = planted(4000, seed=1, random_share=1.0)
    found = average_precision_score(other.truth, fitted.model.probability(other.examples.features.to_numpy()))
    assert found > 0.85 * average_precision_score(other.truth, other.probability)


def test_its_probabilities_are_those_of_the_truth_among_lines_nobody_picked(fitted: Fitted) -> None:
    other = planted(4000, seed=1, random_share=1.0)
    assert abs(fitted.model.probability(other.examples.features.to_numpy()).mean() - other.truth.mean()) < 0.05


def test_it_finds_out_how_often_a_method_is_wrong(fitted: Fitted) -> None:
    rates = {row["method"]: row["false_positive"] for row in fitted.rates.rows()}
    assert rates["detention"] == pytest.approx(0.4, abs=0.06)


def test_it_finds_out_how_much_likelier_picked_lines_are(fitted: Fitted) -> None:
    assert 0.4 < fitted.calibration.selection_shift < 1.6


def test_same_examples_and_seed_give_the_same_model() -> None:
    world = planted(600)
    models = [fit(world.examples, none_of(world.examples), SMALL, TrainSettings(), seed=3).model for _ in range(2)]
    texts = [[booster.model_to_string() for booster in model.boosters] for model in models]
    assert texts[0] == texts[1]
    assert models[0].calibrator == models[1].calibrator


def test_processes_of_their_own_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world, made = planted(800), []
    two = clone(SMALL).set_params(seeds=(0, 1))
    for jobs in (1, 2):
        monkeypatch.setattr(originrisk.train.fit, "jobs_for", lambda _, jobs=jobs: jobs)
        made.append(fit(world.examples, none_of(world.examples), two, TrainSettings(), seed=3))
    texts = [[booster.model_to_string() for booster in one.model.boosters] for one in made]
    assert texts[0] == texts[1]
    assert made[0].calibration == made[1].calibration
    assert two.get_params() == clone(SMALL).set_params(seeds=(0, 1)).get_params()


def test_few_examples_stay_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joblib, "cpu_count", lambda: 64)
    assert jobs_for(FEW) == 1
    assert jobs_for(FEW + 1) == FOLDS


def never_opened(lines: int) -> Unexamined:
    """Lines of a kind that examinations never touch: the first feature lies beyond all of theirs."""
    rng = np.random.default_rng(5)
    features = pd.DataFrame(rng.normal(size=(lines, len(NAMES))), columns=list(NAMES))
    features[NAMES[0]] = 9.0
    day = np.datetime64("2020-01-01") + rng.integers(0, 300, lines)
    frame = FeatureFrame(features, keys(lines, lines // 5, rng), day)
    return Unexamined(frame, np.full(lines, 1e-5), np.full(lines, "94"))


def test_goods_that_nobody_opens_get_the_chance_of_their_propensity_and_the_ranking_stays() -> None:
    world, unopened = planted(3000), never_opened(3000)
    asked, other = unopened.frame.features.to_numpy(), planted(4000, seed=1, random_share=1.0)
    said, ranked = [], []
    for worth in (0.0, 0.3):
        model = fit(world.examples, unopened, SMALL, TrainSettings(unexamined_weight=worth), seed=0).model
        said.append(model.probability(asked).mean())
        score = model.probability(other.examples.features.to_numpy())
        ranked.append(average_precision_score(other.truth, score))
    assert said[1] < said[0] / 2
    assert ranked[1] > ranked[0] - 0.02


def test_folds_part_suppliers_among_examined_and_unexamined_lines_alike() -> None:
    world = planted(300)
    unopened = Unexamined(world.examples.frame, np.full(300, 1e-5), world.examples.chapter)
    results = results_of(world.examples, np.ones(300), Expected.of().error_rates)
    taught = TrainingSet.of(world.examples, results, unopened, 0.3)
    assert len(taught.features) == 900
    for known, judged in taught.folds(0):
        assert not set(taught.supplier[known]) & set(taught.supplier[judged])


def test_lines_nobody_examined_weigh_no_more_than_their_share() -> None:
    world, unopened = planted(300), never_opened(900)
    results = results_of(world.examples, np.ones(300), Expected.of().error_rates)
    taught = TrainingSet.of(world.examples, results, unopened, 0.3)
    assert taught.results.weight[300:].sum() == pytest.approx(0.3 * taught.results.weight[:300].sum())


def test_what_trees_believe_counts_only_as_far_as_examinations_tell_of_such_lines() -> None:
    world, unopened = planted(300), never_opened(300)
    often = replace(unopened, propensity=np.full(300, 0.5))
    results, weights = results_of(world.examples, np.ones(300), Expected.of().error_rates), []
    for lines in (unopened, often):
        taught = TrainingSet.of(world.examples, results, lines, 1.0, np.ones(300))
        weights.append(taught.results.weight[600:].mean())
    assert weights[0] < 0.2
    assert weights[1] > 0.5


def test_forty_results_with_four_positives_teach_a_model_that_keeps_to_their_share() -> None:
    world = planted(40, seed=3, base=-4.0)
    examples = replace(world.examples, observed=np.arange(40) % 10 == 0.0)
    fitted = fit(examples, none_of(examples), SMALL, TrainSettings(), seed=0)
    probability = fitted.model.probability(examples.features.to_numpy())
    lower, upper = fitted.model.calibrator.band(probability)
    assert 0.03 < probability.mean() < 0.3
    assert (upper - lower).mean() > 0.1


@pytest.mark.parametrize(
    ("expected", "low", "high"),
    [
        ({}, 0.8, 3.0),
        ({"other": ErrorPrior(false_positive=0, false_negative=0, doubt=(0, 0), source="audit")}, 0.7, 1.4),
    ],
)
def test_results_that_do_not_err_keep_the_level_near_the_truth_and_at_it_where_that_is_declared(
    expected: dict[Any, ErrorPrior], low: float, high: float
) -> None:
    """1,241 lines drawn by lot, fewer positive than the prior expects false ones: not all of them are false."""
    world, other = (
        planted(1241, seed=1, noise={"other": (0.0, 0.0)}, random_share=1.0, base=-6.0),
        planted(4000, base=-6),
    )
    assert world.examples.observed.mean() < 0.015
    fitted = fit(world.examples, none_of(world.examples), SMALL, TrainSettings(error_rates=expected), seed=0)
    said = fitted.model.probability(other.examples.features.to_numpy()).mean()
    assert low < said / other.probability.mean() < high

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import average_precision_score

import originrisk.train.fit
from originrisk.train.fit import FEW, FOLDS, Fitted, fit, jobs_for
from originrisk.train.origin_classifier import OriginClassifier
from tests.train.factory import planted

NOISE = {"isotopic": (0.02, 0.1), "detention": (0.4, 0.05)}
SMALL = OriginClassifier(feature_share=1.0)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    world = planted(4000, noise=NOISE, picked=1.0)
    return fit(world.examples, np.ones(4000), SMALL, seed=0)


def test_it_ranks_new_lines_by_the_truth(fitted: Fitted) -> None:
    other = planted(4000, seed=1, random_share=1.0)
    found = average_precision_score(other.truth, fitted.model.probability(other.examples.features.to_numpy()))
    assert found > 0.85 * average_precision_score(other.truth, other.probability)


def test_its_probabilities_are_those_of_the_truth_among_lines_nobody_picked(fitted: Fitted) -> None:
    other = planted(4000, seed=1, random_share=1.0)
    assert (
        abs(fitted.model.probability(other.examples.features.to_numpy()).mean() - other.truth.mean()) < 0.05
    )


def test_it_finds_out_how_often_a_method_is_wrong(fitted: Fitted) -> None:
    rates = {row["method"]: row["false_positive"] for row in fitted.rates.rows()}
    assert rates["detention"] == pytest.approx(0.4, abs=0.06)


def test_it_finds_out_how_much_likelier_picked_lines_are(fitted: Fitted) -> None:
    assert 0.4 < fitted.calibration.selection_shift < 1.6


def test_same_examples_and_seed_give_the_same_model() -> None:
    world = planted(600)
    models = [fit(world.examples, np.ones(600), SMALL, seed=3).model for _ in range(2)]
    texts = [[booster.model_to_string() for booster in model.boosters] for model in models]
    assert texts[0] == texts[1]
    assert models[0].calibrator == models[1].calibrator


def test_processes_of_their_own_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world, made = planted(800), []
    two = clone(SMALL).set_params(seeds=(0, 1))
    for jobs in (1, 2):
        monkeypatch.setattr(originrisk.train.fit, "jobs_for", lambda _, jobs=jobs: jobs)
        made.append(fit(world.examples, np.ones(800), two, seed=3))
    texts = [[booster.model_to_string() for booster in one.model.boosters] for one in made]
    assert texts[0] == texts[1]
    assert made[0].calibration == made[1].calibration
    assert two.get_params() == clone(SMALL).set_params(seeds=(0, 1)).get_params()


def test_few_examples_stay_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joblib, "cpu_count", lambda: 64)
    assert jobs_for(FEW) == 1
    assert jobs_for(FEW + 1) == FOLDS

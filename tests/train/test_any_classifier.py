import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from originrisk.data.settings import TrainSettings
from originrisk.train.any_classifier import AnyClassifier
from originrisk.train.evaluation.holdout import evaluate_holdout
from tests.train.factory import none_of, planted

SMALL = RandomForestClassifier(n_estimators=40, min_samples_leaf=15, random_state=0)


@pytest.mark.parametrize("errors", [(0.0, 0.0), (0.25, 0.25)])
def test_the_truth_is_learned_from_results_that_err(errors: tuple[float, float]) -> None:
    world = planted(3000, noise={"isotopic": errors}, base=-1.0)
    given = {"false_positive": errors[0], "false_negative": errors[1]}
    fitted = AnyClassifier(SMALL).fit(world.examples.features, world.examples.observed, **given)
    found = fitted.predict_proba(world.examples.features)[:, 1]
    assert abs(found.mean() - world.probability.mean()) < 0.04
    assert np.corrcoef(logit(world.probability), found)[0, 1] > 0.75


def test_an_offset_is_taken_off_again() -> None:
    rng = np.random.default_rng(0)
    features, picked = rng.normal(size=(6000, 2)), rng.random(6000) < 0.5
    observed = (rng.random(6000) < expit(features[:, 0] - 1 + 1.5 * picked)).astype(float)
    shallow = HistGradientBoostingClassifier(max_leaf_nodes=4, max_iter=30, random_state=0)
    fitted = AnyClassifier(shallow).fit(features, observed, offset=1.5 * picked)
    assert fitted.predict_proba(features)[:, 1].mean() == pytest.approx(expit(features[:, 0] - 1).mean(), abs=0.03)


def test_a_column_without_a_value_is_left_out() -> None:
    features = np.random.default_rng(0).normal(size=(200, 3))
    features[:, 1] = np.nan
    fitted = AnyClassifier(HistGradientBoostingClassifier(max_iter=3)).fit(features, features[:, 0] > 0)
    assert (fitted.predict(features) == (features[:, 0] > 0)).mean() > 0.9


def test_the_fit_judges_it_like_the_trees() -> None:
    examples = planted(900).examples
    judged = evaluate_holdout(examples, none_of(examples), AnyClassifier(SMALL), TrainSettings(), seed=0)
    model = next(row for row in judged.parts[0].rows if row.method == "model")
    assert model.metrics["auc"] > 0.75

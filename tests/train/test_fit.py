import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from tests.train.factory import nobody, planted
from train.fit import Fitted, fit
from train.origin_classifier import OriginClassifier

NOISE = {"isotopic": (0.02, 0.1), "detention": (0.4, 0.05)}
SMALL = OriginClassifier(feature_share=1.0)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    world = planted(4000, noise=NOISE, picked=1.0)
    return fit(world.examples, nobody(), np.ones(4000), SMALL, seed=0)


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
    assert 0.4 < fitted.calibration.picked < 1.6


def test_same_examples_and_seed_give_the_same_model() -> None:
    world = planted(600)
    models = [fit(world.examples, nobody(), np.ones(600), SMALL, seed=3).model for _ in range(2)]
    texts = [[booster.model_to_string() for booster in model.boosters] for model in models]
    assert texts[0] == texts[1]
    assert models[0].calibrator == models[1].calibrator


def gain_by_hindsight(seed: int) -> float:
    """What lines that nobody examined add to the average precision of a model of 400 examined ones."""
    world, other = (planted(5000, seed=s, suppliers=50, of_supplier=3.0) for s in (seed, seed + 1))
    few = np.arange(5000) < 400
    found = []
    for around in (nobody(), world.examples.seen.take(~few)):
        model = fit(world.examples.take(few), around, np.ones(400), SMALL, seed=0).model
        score = model.log_odds(other.examples.features.to_numpy())
        found.append(average_precision_score(other.truth, score))
    return float(found[1] - found[0])


def test_lines_nobody_examined_teach_through_the_results_around_them() -> None:
    assert np.mean([gain_by_hindsight(seed) for seed in (4, 6, 8)]) > 0.01

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from originrisk.train.ranking import Ranking

RNG = np.random.default_rng(0)
OBSERVED = (RNG.random(800) < 0.1).astype(float)
WEIGHT = RNG.exponential(size=800)


@pytest.mark.parametrize("digits", [0, 1, 8])
def test_average_precision_and_auc_agree_with_scikit_learn(digits: int) -> None:
    score = np.round(RNG.normal(size=800) + OBSERVED, digits)
    metrics = Ranking.of(score, OBSERVED).metrics(WEIGHT)
    assert metrics["average_precision"] == pytest.approx(
        average_precision_score(OBSERVED, score, sample_weight=WEIGHT)
    )
    assert metrics["auc"] == pytest.approx(roc_auc_score(OBSERVED, score, sample_weight=WEIGHT))


def test_precision_recall_and_lift_at_a_capacity() -> None:
    observed = np.array([1, 0, 1, 0] + [0] * 96, float)
    metrics = Ranking.of(-np.arange(100.0), observed).metrics(np.ones(100))
    assert metrics["precision@2%"] == pytest.approx(0.5)
    assert metrics["recall@2%"] == pytest.approx(0.5)
    assert metrics["lift@2%"] == pytest.approx(25)
    assert metrics["recall@5%"] == pytest.approx(1)


def test_lines_of_equal_score_are_taken_in_equal_parts() -> None:
    observed = np.array([1.0] * 10 + [0.0] * 90)
    metrics = Ranking.of(np.zeros(100), observed).metrics(np.ones(100))
    assert metrics["recall@1%"] == pytest.approx(0.01)
    assert metrics["lift@10%"] == pytest.approx(1)
    assert metrics["auc"] == pytest.approx(0.5)


def test_without_positives_nothing_is_claimed() -> None:
    metrics = Ranking.of(np.arange(10.0), np.zeros(10)).metrics(np.ones(10))
    assert np.isnan(metrics["average_precision"])
    assert np.isnan(metrics["recall@1%"])


def test_first_lines_without_weight_do_not_count() -> None:
    observed = np.array([0.0, 1.0, 0.0, 1.0])
    whole = Ranking.of(np.array([4.0, 3.0, 2.0, 1.0]), observed)
    without = Ranking.of(np.array([3.0, 2.0, 1.0]), observed[1:])
    weight = np.array([0.0, 1.0, 1.0, 1.0])
    assert whole.metrics(weight)["average_precision"] == without.metrics(np.ones(3))["average_precision"]
    assert whole.recall(0.4, weight) == without.recall(0.4, np.ones(3))

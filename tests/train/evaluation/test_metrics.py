import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import average_precision_score, roc_auc_score

from originrisk.train.evaluation.metrics import (
    Population,
    Ranking,
    calibration_error,
    compare,
    intervals_text,
    probability_metrics,
    reliability,
)
from originrisk.train.origin_classifier import NoisyResults

RNG = np.random.default_rng(0)
OBSERVED = (RNG.random(800) < 0.1).astype(float)
WEIGHT = RNG.exponential(size=800)


@pytest.mark.parametrize("digits", [0, 1, 8])
def test_average_precision_and_auc_agree_with_scikit_learn(digits: int) -> None:
    score = np.round(RNG.normal(size=800) + OBSERVED, digits)
    metrics = Ranking.of(score, OBSERVED).metrics(WEIGHT)
    assert metrics["average_precision"] == pytest.approx(average_precision_score(OBSERVED, score, sample_weight=WEIGHT))
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


def population(lines: int = 600, seed: int = 0) -> tuple[Population, np.ndarray]:
    rng = np.random.default_rng(seed)
    score = rng.normal(-1.5, 1.5, lines)
    observed = (rng.random(lines) < expit(score)).astype(float)
    return Population(NoisyResults.of(observed), rng.integers(0, lines // 4, lines).astype(np.uint64)), score


def test_a_better_score_has_the_better_row() -> None:
    judged, score = population()
    rows = {row.method: row for row in compare({"good": score, "chance": np.zeros(600)}, judged, seed=0)}
    assert rows["good"].metrics["average_precision"] > rows["chance"].metrics["average_precision"]
    low, high = rows["good"].interval["average_precision"]
    assert low < rows["good"].metrics["average_precision"] < high


def test_intervals_hold_the_true_value_about_as_often_as_they_say() -> None:
    large, score = population(60_000, seed=999)
    truth = compare({"m": score}, Population(large.results, large.supplier), 0)[0].metrics["auc"]
    held = 0
    for seed in range(30):
        judged, of_seed = population(300, seed)
        low, high = compare({"m": of_seed}, judged, seed)[0].interval["auc"]
        held += low <= truth <= high
    assert held >= 26


@pytest.mark.parametrize("metric", ["average_precision", "auc", "recall@10%", "lift@10%"])
def test_intervals_from_few_positive_suppliers_hold_the_true_value_too(metric: str) -> None:
    large, score = population(60_000, seed=999)
    truth = compare({"m": score}, few(large, score, 60_000), 0)[0].metrics[metric]
    held, told = 0, 0
    for seed in range(40):
        judged, of_seed = population(250, seed)
        low, high = compare({"m": of_seed}, few(judged, of_seed, seed), seed)[0].interval[metric]
        if np.isfinite(low):
            told += 1
            held += low <= truth <= high
            assert 0 <= low <= high <= (10 if metric == "lift@10%" else 1)
    assert held >= 0.9 * told > 20


def few(judged: Population, score: np.ndarray, seed: int) -> Population:
    """The same lines, of which few are positive."""
    observed = np.random.default_rng(seed).random(len(score)) < expit(score - 2)
    return Population(NoisyResults.of(observed.astype(float)), judged.supplier)


def test_lines_of_one_supplier_widen_the_interval() -> None:
    judged, score = population(400)
    clustered = Population(judged.results, (np.argsort(np.argsort(score)) // 20).astype(np.uint64))
    widths = []
    for drawn in (judged, clustered):
        low, high = compare({"m": score}, drawn, 0)[0].interval["precision@10%"]
        widths.append(high - low)
    assert widths[1] > widths[0]


def test_calibration_error_is_the_mean_gap() -> None:
    observed = np.tile([1.0, 0.0, 0.0, 0.0], 100)
    assert calibration_error(np.full(400, 0.25), observed, np.ones(400)) == pytest.approx(0.0)
    assert calibration_error(np.full(400, 0.45), observed, np.ones(400)) == pytest.approx(0.2)


def test_calibration_is_judged_against_the_chance_of_the_result() -> None:
    rng = np.random.default_rng(0)
    log_odds = rng.normal(-2, 1, 20_000)
    observed = (rng.random(20_000) < 0.3 + 0.6 * expit(log_odds)).astype(float)
    honest = probability_metrics(log_odds, NoisyResults.of(observed, None, 0.3, 0.1))
    blind = probability_metrics(log_odds, NoisyResults.of(observed))
    assert honest["calibration_error"] < 0.02
    assert blind["calibration_error"] > 0.2


def test_reliability_bins_hold_equal_weight() -> None:
    rng = np.random.default_rng(0)
    rows = reliability(rng.random(1000), np.ones(1000), rng.uniform(0.5, 1.5, 1000))
    masses = [mass for _, _, mass in rows]
    assert max(masses) - min(masses) < 3
    assert [said for said, _, _ in rows] == sorted(said for said, _, _ in rows)


def test_few_positive_suppliers_give_no_interval() -> None:
    supplier = np.arange(400, dtype=np.uint64)
    for positives, told in ((9, False), (10, True)):
        judged = Population(NoisyResults.of(np.arange(400) < positives), supplier)
        rows = compare({"m": -np.arange(400.0)}, judged, 0)
        assert np.isfinite(rows[0].interval["auc"]).all() == told
        assert ("[" in rows[0].shown("auc")) == told
        assert ("fewer than 10 suppliers" in intervals_text(rows)) != told


def test_an_interval_holds_its_own_figure_even_of_a_perfect_ranking() -> None:
    judged = Population(NoisyResults.of(np.arange(400) < 20), np.arange(400, dtype=np.uint64))
    row = compare({"m": -np.arange(400.0)}, judged, 0)[0]
    assert row.metrics["auc"] == 1.0
    assert all(low <= row.metrics[name] <= high for name, (low, high) in row.interval.items())


def test_a_line_that_carries_the_weight_shows_in_what_the_lines_are_worth() -> None:
    weight = np.r_[5000.0, np.ones(99)]
    judged = Population(NoisyResults.of(np.arange(100) < 3, weight), np.arange(100, dtype=np.uint64))
    assert str(judged) == "100 examined lines (effective sample size 1), 3 positive"
    assert Population(NoisyResults.of(np.zeros(100)), judged.supplier).effective_size == 100

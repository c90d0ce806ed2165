import numpy as np
import pytest
from scipy.special import expit, logit

from originrisk.train.calibrate import CENTRE, SHIFT, calibrate
from originrisk.train.origin_classifier import NoisyResults


def log_odds(lines: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(-2.5, 1.5, lines)


def drawn(chance: np.ndarray, seed: int = 1) -> np.ndarray:
    return (np.random.default_rng(seed).random(len(chance)) < chance).astype(float)


def test_an_overconfident_score_is_brought_back() -> None:
    score = log_odds(20_000)
    results = NoisyResults.of(drawn(expit(0.6 * score - 0.8)))
    found = calibrate(score, results, np.zeros(20_000, bool)).calibrator.probability(score)
    assert np.abs(found - expit(0.6 * score - 0.8)).mean() < 0.01


def test_what_is_calibrated_is_the_truth_not_the_result() -> None:
    score = log_odds(20_000)
    results = NoisyResults.of(drawn(0.3 + 0.6 * expit(score)), None, 0.3, 0.1)
    found = calibrate(score, results, np.zeros(20_000, bool)).calibrator.probability(score)
    assert abs(found.mean() - expit(score).mean()) < 0.015


def test_the_curve_is_that_of_the_random_arm() -> None:
    score, picked = log_odds(20_000), np.arange(20_000) % 5 > 0
    results = NoisyResults.of(drawn(expit(score + 1.2 * picked)))
    found = calibrate(score, results, picked)
    assert abs(found.selection_shift - 1.2) < 0.25
    assert abs(found.calibrator.probability(score).mean() - expit(score).mean()) < 0.015


def test_without_a_random_arm_the_shift_stays_at_what_is_expected() -> None:
    score = log_odds(5000)
    found = calibrate(score, NoisyResults.of(drawn(expit(score))), np.ones(5000, bool))
    assert found.selection_shift == pytest.approx(CENTRE[SHIFT], abs=0.05)


def test_few_lines_hardly_move_the_curve() -> None:
    score = log_odds(30)
    found = calibrate(score, NoisyResults.of(drawn(expit(score))), np.zeros(30, bool)).calibrator
    assert 0.4 < found.low < 1.8


def test_bands_hold_the_share_of_the_truth_about_as_often_as_they_say() -> None:
    held = []
    for seed in range(40):
        score = log_odds(1500, seed)
        truth = expit(score - 0.5)
        results = NoisyResults.of(drawn(0.1 + 0.8 * truth, seed + 100), None, 0.1, 0.1)
        calibrator = calibrate(score, results, np.zeros(1500, bool)).calibrator
        probability = calibrator.probability(score)
        lower, upper = calibrator.band(probability)
        held.append(((lower <= truth) & (truth <= upper)).mean())
    assert np.mean(held) > 0.85


def test_noise_widens_the_bands() -> None:
    score = log_odds(3000)
    clean = calibrate(score, NoisyResults.of(drawn(expit(score))), np.zeros(3000, bool)).calibrator
    noisy_results = NoisyResults.of(drawn(0.4 + 0.5 * expit(score)), None, 0.4, 0.1)
    noisy = calibrate(score, noisy_results, np.zeros(3000, bool)).calibrator
    width = [np.mean(np.array(c.upper) - np.array(c.lower)) for c in (clean, noisy)]
    assert width[1] > 1.5 * width[0]


def test_a_doubt_about_the_level_widens_the_bands_and_nothing_else() -> None:
    score = log_odds(20_000)
    results, picked = NoisyResults.of(drawn(expit(score))), np.zeros(20_000, bool)
    sure, unsure = (calibrate(score, results, picked, doubt).calibrator for doubt in (0.0, 0.3))
    assert unsure.probability(score).tolist() == sure.probability(score).tolist()
    shares = np.array([0.02, 0.1])
    (low, high), (lower, upper) = sure.band(shares), unsure.band(shares)
    assert (logit(upper) - logit(high) > 0.2).all()
    assert (logit(low) - logit(lower) > 0.2).all()


def test_a_doubt_moves_no_end_inwards_where_next_to_nothing_is_positive() -> None:
    score, nobody = log_odds(300) - 6, np.zeros(300, bool)
    results = NoisyResults.of(drawn(0.05 + 0.4 * expit(score)), None, 0.05, 0.55)
    sure, doubtful = (calibrate(score, results, nobody, doubt).calibrator for doubt in (0.0, 0.5))
    assert (np.array(doubtful.lower) <= np.array(sure.lower) + 1e-12).all()
    assert (np.array(doubtful.upper) >= np.array(sure.upper) - 1e-12).all()


def test_scores_that_are_all_alike_get_one_band() -> None:
    score = np.full(500, -2.0)
    found = calibrate(score, NoisyResults.of(drawn(expit(score))), np.zeros(500, bool)).calibrator
    assert found.edges == (0.0,)
    assert found.lower[0] < expit(-2.0) < found.upper[0]

import numpy as np
from scipy.special import expit

from originrisk.train.noise import NoisyResults

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

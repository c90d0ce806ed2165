import numpy as np
import numpy.typing as npt

from originrisk.data.settings import GateSettings
from originrisk.train.comparison import Check, Contest
from originrisk.train.origin_classifier import NoisyResults
from tests.train.factory import Planted, planted

CAPACITY = 0.1


def checked(champion: npt.NDArray[np.float64], challenger: npt.NDArray[np.float64], of: Planted) -> dict[str, Check]:
    results = NoisyResults.of(of.examples.observed)
    contest = Contest(of.examples, (results, results), (champion, challenger))
    return {check.name: check for check in contest.checks(GateSettings(), CAPACITY, seed=0)}


def truth(of: Planted) -> npt.NDArray[np.float64]:
    return np.log(of.probability) - np.log1p(-of.probability)


def blurred(of: Planted, by: float, seed: int = 1) -> npt.NDArray[np.float64]:
    return truth(of) + np.random.default_rng(seed).normal(0, by, len(of.truth))


def failed(checks: dict[str, Check]) -> set[str]:
    return {name for name, check in checks.items() if not check.passed}


def test_a_better_model_passes() -> None:
    lines = planted(1500)
    assert not failed(checked(blurred(lines, 1.5), truth(lines), lines))


def test_an_equal_model_is_seldom_refused() -> None:
    refused = 0
    for seed in range(8):
        lines = planted(1500, seed=seed)
        refused += bool(failed(checked(blurred(lines, 0.5, seed=1), blurred(lines, 0.5, seed=2), lines)))
    assert refused <= 2


def test_a_worse_model_fails_on_ranking() -> None:
    lines = planted(1500)
    refused = failed(checked(truth(lines), blurred(lines, 3.0), lines))
    assert {"average precision", "recall at 10.0% of lines"} <= refused


def test_probabilities_three_times_too_high_fail_on_calibration_alone() -> None:
    lines = planted(1500)
    assert failed(checked(truth(lines), truth(lines) + 2.0, lines)) == {"calibration error", "expected by found"}


def test_a_model_that_is_blind_in_one_slice_fails_there() -> None:
    lines = planted(3000)
    china = np.array(lines.examples.lines["country_of_origin"].to_pylist()) == "CN"
    blind = np.where(china, truth(lines)[::-1], truth(lines))
    assert "average precision, declared Chinese" in failed(checked(truth(lines), blind, lines))


def test_slices_with_few_positives_are_not_judged() -> None:
    few = planted(300, base=-6.0)
    assert few.examples.observed.sum() < GateSettings().least_positives
    assert not [name for name in checked(truth(few), truth(few), few) if "," in name]


def test_what_the_lines_cannot_tell_is_null_in_the_log() -> None:
    lines = planted(300, base=-30.0)
    plain = checked(truth(lines), truth(lines), lines)["expected by found"].plain()
    assert plain["challenger"] is None

from pathlib import Path

import numpy as np
import pytest

from originrisk.data.settings import TrainSettings
from originrisk.train.dataset import Gathered
from originrisk.train.fit import fit
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.search import SearchProblem, Trial, search, smallest_good
from tests.train.factory import none_of, planted

START = {
    "leaves": 15,
    "learning_rate": 0.07,
    "least_lines": 40,
    "shrinkage": 2.0,
    "feature_share": 0.5,
    "line_share": 0.5,
}


@pytest.fixture(scope="module")
def task() -> SearchProblem:
    examples = planted(700).examples
    prototype = OriginClassifier()
    first = fit(examples, none_of(examples), prototype, TrainSettings(), seed=0)
    gathered = Gathered(examples, none_of(examples), {})
    return SearchProblem.of(gathered, first, prototype, 0.3, 0)


def test_a_search_that_was_stopped_goes_on_and_tries_the_present_settings_first(
    task: SearchProblem, tmp_path: Path
) -> None:
    journal = tmp_path / "search" / "journal"
    first = search(task, journal, "study", START, budget=1, jobs=1)
    assert first[0].settings == START
    trials = search(task, journal, "study", START, budget=3, jobs=1)
    assert len(trials) == 3
    assert first[0] in trials
    assert [trial.loss for trial in trials] == sorted(trial.loss for trial in trials)
    assert search(task, journal, "study", START, budget=2, jobs=1) == trials


def test_studies_of_other_data_do_not_mix(task: SearchProblem, tmp_path: Path) -> None:
    search(task, tmp_path / "journal", "one", START, budget=1, jobs=1)
    assert len(search(task, tmp_path / "journal", "other", START, budget=1, jobs=1)) == 1


def test_a_loss_is_that_of_lines_whose_supplier_was_not_seen(task: SearchProblem) -> None:
    trees, losses = task.losses(START)
    assert trees in range(20, 201)
    assert len(losses) == 10
    always = task.taught.results.loss(np.full(len(task.taught.features), task.taught.results.base_log_odds())).mean()
    assert np.mean(losses) < always


def trial(trees: int, *losses: float) -> Trial:
    return Trial({"leaves": 10}, trees, losses)


def test_the_smallest_model_within_one_standard_error_of_the_best_is_recommended() -> None:
    best = trial(100, 0.30, 0.20, 0.40)
    near = trial(40, 0.31, 0.19, 0.42)  # worse in some folds, better in others
    worse = trial(20, 0.36, 0.26, 0.46)  # worse in every fold by the same
    assert smallest_good([best, near, worse]) == near

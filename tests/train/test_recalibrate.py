from datetime import date

import numpy as np
import pytest
from scipy.special import expit

from originrisk.data.errors import GateRefusedError
from originrisk.data.settings import GateSettings, Settings, TrainSettings
from originrisk.models import bundle, registry
from originrisk.models.calibration import Calibrator
from originrisk.train.card import card
from originrisk.train.noise import NoisyResults
from originrisk.train.recalibrate import level, recalibrate
from originrisk.train.run import train
from originrisk.train.tracking import record, record_recalibrated, recorded, run_of
from tests.models.factory import matrix
from tests.train.home import home

CUTOFF, LATER = date(2021, 1, 31), date(2021, 6, 30)


def drawn(lines: int, move: float, missed: float = 0.0) -> tuple[np.ndarray, NoisyResults]:
    """Log-odds that are too low by `move`, and results that miss a share of what is true."""
    random = np.random.default_rng(3)
    log_odds = random.normal(-2, 1, lines)
    truth = random.random(lines) < expit(log_odds + move)
    found = truth & (random.random(lines) >= missed)
    return log_odds, NoisyResults.of(found, None, 0.0, missed)


@pytest.mark.parametrize("missed", [0.0, 0.5])
@pytest.mark.parametrize("move", [-0.7, 0.0, 0.7])
def test_the_move_is_found_whatever_examinations_miss(move: float, missed: float) -> None:
    assert level(*drawn(20_000, move, missed)) == pytest.approx(move, abs=0.12)


def test_few_results_move_little() -> None:
    assert abs(level(*drawn(10, 2.0))) < abs(level(*drawn(10_000, 2.0))) / 2


def test_a_moved_calibrator_says_the_moved_probability_and_its_band_holds_it() -> None:
    plain = Calibrator(0.3, 1.1, 0.8, (0.0, 0.2, 0.6), (0.0, 0.1, 0.4), (0.3, 0.7, 1.0))
    log_odds = np.linspace(-4, 4, 41)
    before, after = plain.probability(log_odds), plain.shifted(0.5).probability(log_odds)
    assert np.log(after / (1 - after)) == pytest.approx(np.log(before / (1 - before)) + 0.5)
    lower, upper = plain.shifted(0.5).band(after)
    assert ((lower <= after) & (after <= upper)).all()
    assert plain.shifted(0.5).edges[0] == 0.0


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    few = {"gate": GateSettings(least_results=50, least_positives=2), "train": TrainSettings(seeds=1)}
    return home(tmp_path_factory.mktemp("home")).model_copy(update=few)


@pytest.fixture(scope="module")
def trained(settings: Settings) -> str:
    return train(settings, CUTOFF, seed=1).version


def test_a_recalibrated_champion_is_a_sound_challenger_of_the_same_order(
    settings: Settings, trained: str
) -> None:
    made = recalibrate(settings, LATER)
    assert registry.roles(settings.home) == {trained: "champion", made.version: "challenger"}
    before, after = (bundle.load(registry.bundle_path(settings.home, v)) for v in (trained, made.version))
    lines = matrix(30)
    assert (before.model.log_odds(lines) == after.model.log_odds(lines)).all()
    first, second = (
        np.log(p / (1 - p)) for p in (before.model.probability(lines), after.model.probability(lines))
    )
    assert second - first == pytest.approx(np.full(30, made.log_odds))
    assert after.settings["cutoff"] == str(LATER)
    assert after.settings["recalibrated"]["from"] == trained
    assert made.lines >= made.positives >= 2


def test_without_results_since_the_champion_nothing_is_kept(settings: Settings, trained: str) -> None:
    kept = registry.versions(settings.home)
    with pytest.raises(GateRefusedError, match="entered after"):
        recalibrate(settings, CUTOFF)
    assert registry.versions(settings.home) == kept


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_its_card_and_its_place_in_the_register_are_those_of_the_training(
    settings: Settings, trained: str
) -> None:
    run_id = record(settings.home, train(settings, CUTOFF, seed=1))
    made = recalibrate(settings, LATER)
    assert record_recalibrated(settings.home, made) != run_id
    assert run_of(settings.home, made.version) == run_id == run_of(settings.home, trained)
    run = recorded(settings.home, run_id)
    told = bundle.described(registry.bundle_path(settings.home, made.version))["recalibrated"]
    assert f"those of the training {trained}" in card(
        made.version, "challenger", {**run.settings, "recalibrated": told}, run.metrics
    )

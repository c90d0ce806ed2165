import json
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from scipy.special import expit

from originrisk.data.errors import GateRefusedError, ModelRefusedError
from originrisk.data.settings import GateSettings, Settings, TrainSettings
from originrisk.data.store.tables import Store
from originrisk.models import bundle, registry
from originrisk.models.bundle import load
from originrisk.models.calibration import Calibrator
from originrisk.models.registry import champion_path, champion_version
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.pipeline import TrainedModel, level, recalibrate, train
from originrisk.train.report.card import card
from originrisk.train.reproduce import Recorded, made_by, reproduce
from originrisk.train.tracking import record, record_recalibrated, recorded, run_of
from tests.models.factory import matrix
from tests.train.home import CUTOFF, home


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return home(tmp_path_factory.mktemp("home")).model_copy(update={"train": TrainSettings(seeds=1)})


@pytest.fixture(scope="module")
def trained(settings: Settings) -> TrainedModel:
    return train(settings, CUTOFF, seed=1)


def test_the_kept_model_can_be_loaded_and_is_the_first_champion(settings: Settings, trained: TrainedModel) -> None:
    bundle = load(champion_path(settings.home))
    assert bundle.version == trained.version
    assert bundle.settings["cutoff"] == str(CUTOFF)
    assert bundle.settings["tables"] == Store(settings.home).versions()


def test_training_again_gives_the_same_version(settings: Settings, trained: TrainedModel) -> None:
    assert train(settings, CUTOFF, seed=1).version == trained.version


def test_the_baselines_stand_in_the_same_table(trained: TrainedModel) -> None:
    metrics = trained.metrics()
    for population in ("random_arm", "all_examined"):
        assert set(metrics[population]["methods"]) == {"model", "look-up", "targeting rule", "random"}
    assert metrics["headline"] == "random_arm"
    assert 0 <= metrics["look_up_key_seen"] <= 1


def test_chapters_without_a_result_are_named_and_the_rest_taught_the_calibrator(trained: TrainedModel) -> None:
    examined = set(trained.result.gathered.examples.chapter)
    unknown = [row["chapter"] for row in trained.metrics()["chapters_without_result"]]
    lines = set(trained.result.gathered.unexamined.chapter)
    assert set(trained.result.fitted.model.calibrator.chapters) == examined
    assert set(unknown) == lines - examined


def test_loss_over_all_lines_has_an_interval(trained: TrainedModel) -> None:
    told = trained.metrics()["all_lines"]
    low, high = told["log_loss_interval"]
    assert 0 < low < told["log_loss"] < high


def test_metrics_are_plain_json(trained: TrainedModel) -> None:
    assert json.loads(json.dumps(trained.metrics(), allow_nan=False)) == trained.metrics()


def test_too_few_results_are_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    empty = home(tmp_path)
    with pytest.raises(GateRefusedError, match="known results"):
        train(empty, date(2020, 1, 20), seed=0)
    assert champion_version(empty.home) is None


def test_a_store_without_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GateRefusedError, match="ingest entries"):
        train(Settings(home=tmp_path), None, seed=0)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_the_run_is_recorded_with_bundle_metrics_and_charts(settings: Settings, trained: TrainedModel) -> None:
    from mlflow import MlflowClient

    run_id = record(settings.home, trained)
    client = MlflowClient(f"sqlite:///{settings.home / 'mlflow' / 'mlflow.db'}")
    run = client.get_run(run_id)
    assert run.data.params["cutoff"] == str(CUTOFF)
    assert "all_examined/methods/model/average_precision" in run.data.metrics
    assert {file.path for file in client.list_artifacts(run_id)} >= {"charts", "metrics.json", "made_by.json"}
    assert client.get_model_version_by_alias("originrisk", "champion").tags["bundle"] == trained.version


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_the_registered_model_says_what_the_bundle_says(settings: Settings, trained: TrainedModel) -> None:
    import mlflow

    record(settings.home, trained)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's own
        served = mlflow.pyfunc.load_model("models:/originrisk@champion")
    features = trained.result.gathered.examples.features.head(20)
    told = served.predict(features)
    expected = load(champion_path(settings.home)).model.probability(features.to_numpy())
    assert told["probability"].to_numpy() == pytest.approx(expected, abs=1e-12)
    assert set(told["model_version"]) == {trained.version}


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_a_run_is_reproduced_from_its_table_versions_after_the_tables_changed(
    settings: Settings, trained: TrainedModel
) -> None:
    run_id = record(settings.home, trained)
    store = Store(settings.home)
    outcomes = store.outcomes()
    turned = pc.if_else(pc.equal(outcomes["result"], "xinjiang"), "not_xinjiang", outcomes["result"])
    place = outcomes.column_names.index("result")
    store.upsert("outcomes", outcomes.set_column(place, "result", turned).to_batches())
    assert reproduce(settings, recorded(settings.home, run_id)) == trained.version


def test_other_code_is_refused_and_named(settings: Settings, trained: TrainedModel) -> None:
    said = trained.result.settings
    made = {**made_by(), "features": "0" * 64, "lightgbm": "1.0"}
    run = Recorded("a-run", trained.version, said, trained.metrics(), made)
    with pytest.raises(ModelRefusedError) as refused:
        reproduce(settings, run)
    assert [problem.where for problem in refused.value.problems] == ["run a-run, features", "run a-run, lightgbm"]


def test_other_metrics_than_recorded_are_refused_and_named(settings: Settings, trained: TrainedModel) -> None:
    metrics = {**trained.metrics(), "trees": -1}
    run = Recorded("a-run", trained.version, trained.result.settings, metrics, made_by())
    with pytest.raises(GateRefusedError, match="metric /trees: expected -1"):
        reproduce(settings, run)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_an_unknown_run_is_refused(settings: Settings) -> None:
    with pytest.raises(ModelRefusedError, match="a training of this home"):
        recorded(settings.home, "0" * 32)


CHAMPION_CUTOFF, LATER = date(2021, 1, 31), date(2021, 6, 30)


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
def later_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    few = {"gate": GateSettings(least_results=50, least_positives=2), "train": TrainSettings(seeds=1)}
    return home(tmp_path_factory.mktemp("home")).model_copy(update=few)


@pytest.fixture(scope="module")
def trained_home(later_settings: Settings) -> str:
    return train(later_settings, CHAMPION_CUTOFF, seed=1).version


def test_a_recalibrated_champion_is_a_sound_challenger_of_the_same_order(
    later_settings: Settings, trained_home: str
) -> None:
    made = recalibrate(later_settings, LATER)
    assert registry.roles(later_settings.home) == {trained_home: "champion", made.version: "challenger"}
    before, after = (bundle.load(registry.bundle_path(later_settings.home, v)) for v in (trained_home, made.version))
    lines = matrix(30)
    assert (before.model.log_odds(lines) == after.model.log_odds(lines)).all()
    first, second = (np.log(p / (1 - p)) for p in (before.model.probability(lines), after.model.probability(lines)))
    assert second - first == pytest.approx(np.full(30, made.log_odds))
    assert after.settings["cutoff"] == str(LATER)
    assert after.settings["recalibrated"]["from"] == trained_home
    assert made.lines >= made.positives >= 2


def test_without_results_since_the_champion_nothing_is_kept(later_settings: Settings, trained_home: str) -> None:
    kept = registry.versions(later_settings.home)
    with pytest.raises(GateRefusedError, match="entered from"):
        recalibrate(later_settings, CHAMPION_CUTOFF)
    assert registry.versions(later_settings.home) == kept


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_its_card_and_its_place_in_the_register_are_those_of_the_training(
    later_settings: Settings, trained_home: str
) -> None:
    run_id = record(later_settings.home, train(later_settings, CHAMPION_CUTOFF, seed=1))
    made = recalibrate(later_settings, LATER)
    assert record_recalibrated(later_settings.home, made) != run_id
    assert run_of(later_settings.home, made.version) == run_id == run_of(later_settings.home, trained_home)
    run = recorded(later_settings.home, run_id)
    told = bundle.described(registry.bundle_path(later_settings.home, made.version))["recalibrated"]
    assert f"those of the training {trained_home}" in card(
        made.version, "challenger", {**run.settings, "recalibrated": told}, run.metrics
    )

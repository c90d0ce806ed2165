import json
from datetime import date
from pathlib import Path

import pytest

from data.errors import GateRefusedError
from data.settings import Settings
from data.store import Store
from models.bundle import load
from models.registry import champion_path, champion_version
from tests.train.home import CUTOFF, home
from train.run import TrainedModel, train
from train.tracking import record


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def trained(settings: Settings) -> TrainedModel:
    return train(settings, CUTOFF, seed=1)


def test_the_kept_model_can_be_loaded_and_is_the_first_champion(
    settings: Settings, trained: TrainedModel
) -> None:
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
def test_the_run_is_recorded_with_bundle_metrics_and_pictures(
    settings: Settings, trained: TrainedModel
) -> None:
    from mlflow import MlflowClient

    run_id = record(settings.home, trained)
    client = MlflowClient(f"sqlite:///{settings.home / 'mlflow' / 'mlflow.db'}")
    run = client.get_run(run_id)
    assert run.data.params["cutoff"] == str(CUTOFF)
    assert "all_examined/methods/model/average_precision" in run.data.metrics
    assert {file.path for file in client.list_artifacts(run_id)} >= {"bundle", "pictures", "metrics.json"}
    assert client.get_model_version("originrisk", "1").tags["bundle"] == trained.version

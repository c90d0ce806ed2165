import json
import warnings
from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pytest

from originrisk.data.errors import GateRefusedError, ModelRefusedError
from originrisk.data.settings import Settings, TrainSettings
from originrisk.data.store.tables import Store
from originrisk.models.bundle import load
from originrisk.models.registry import champion_path, champion_version
from originrisk.train.reproduce import Recorded, made_by, reproduce
from originrisk.train.run import TrainedModel, train
from originrisk.train.tracking import record, recorded
from tests.train.home import CUTOFF, home


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return home(tmp_path_factory.mktemp("home")).model_copy(update={"train": TrainSettings(seeds=1)})


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
    assert {file.path for file in client.list_artifacts(run_id)} >= {
        "pictures",
        "metrics.json",
        "made_by.json",
    }
    assert client.get_model_version_by_alias("originrisk", "champion").tags["bundle"] == trained.version


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_the_registered_model_says_what_the_bundle_says(settings: Settings, trained: TrainedModel) -> None:
    import mlflow

    record(settings.home, trained)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's own
        served = mlflow.pyfunc.load_model("models:/originrisk@champion")
    features = trained.learned.gathered.examples.features.head(20)
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
    said = trained.learned.settings
    made = {**made_by(), "features": "0" * 64, "lightgbm": "1.0"}
    run = Recorded("a-run", trained.version, said, trained.metrics(), made)
    with pytest.raises(ModelRefusedError) as refused:
        reproduce(settings, run)
    assert [problem.where for problem in refused.value.problems] == [
        "run a-run, features",
        "run a-run, lightgbm",
    ]


def test_other_metrics_than_recorded_are_refused_and_named(settings: Settings, trained: TrainedModel) -> None:
    metrics = {**trained.metrics(), "trees": -1}
    run = Recorded("a-run", trained.version, trained.learned.settings, metrics, made_by())
    with pytest.raises(GateRefusedError, match="metric /trees: expected -1"):
        reproduce(settings, run)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_an_unknown_run_is_refused(settings: Settings) -> None:
    with pytest.raises(ModelRefusedError, match="a training of this home"):
        recorded(settings.home, "0" * 32)

"""MLflow's place in a home: what is recorded goes along with a home that is moved or copied."""

import shutil
import tomllib
from pathlib import Path

import mlflow
import pytest
from mlflow.store.artifact.artifact_repository_registry import _artifact_repository_registry
from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository
from mlflow.tracking._tracking_service.utils import _artifact_repos_cache

from originrisk.train import tracking
from originrisk.train.artifacts import repository
from originrisk.train.search import Found, Trial


def _run(home: Path) -> str:
    with tracking._tracking(home), mlflow.start_run() as run:
        mlflow.log_text("kept", "note.txt")
    return str(run.info.run_id)


@pytest.mark.parametrize("bring", [shutil.move, shutil.copytree], ids=["moved", "copied"])
def test_a_home_elsewhere_reads_and_writes_there_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bring: object
) -> None:
    old, new = tmp_path / "a home", tmp_path / "b"
    earlier = _run(old)
    bring(old, new)  # type: ignore[operator]
    assert not [file for file in new.rglob("*") if file.is_file() and str(tmp_path).encode() in file.read_bytes()]
    before = sorted(old.rglob("*"))
    # no command of ours has seen the new place: MLflow alone finds it, from any folder
    _artifact_repos_cache.clear()
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{new}/mlflow/mlflow.db")
    assert mlflow.artifacts.load_text(f"runs:/{earlier}/note.txt") == "kept"
    later = _run(new)
    with tracking._tracking(new) as client:
        for run in (earlier, later):
            assert mlflow.artifacts.load_text(f"{client.get_run(run).info.artifact_uri}/note.txt") == "kept"
    assert sorted(old.rglob("*")) == before
    assert len(list((new / "mlflow" / "artifacts").rglob("note.txt"))) == 2
    assert len(list((old / "mlflow" / "artifacts").rglob("note.txt"))) == (bring is shutil.copytree)


def test_mlflow_finds_artifacts_by_an_entry_point_and_from_the_folder_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _run(tmp_path)
    told = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    places = told["project"]["entry-points"]["mlflow.artifact_repository"]
    assert places == {"file": f"{repository.__module__}:{repository.__name__}"}
    assert repository("file:///elsewhere/artifacts/1").artifact_dir == "/elsewhere/artifacts/1"
    with monkeypatch.context() as patched:  # what may only be read is copied before MLflow writes beside it
        patched.setattr("os.access", lambda *_: False)
        kept = repository(f"file:artifacts/{run}/artifacts", f"sqlite:///{tmp_path}/mlflow/mlflow.db")
        copy = Path(kept.download_artifacts("note.txt"))
    assert copy.read_text() == "kept"
    assert tmp_path not in copy.parents
    monkeypatch.setitem(_artifact_repository_registry._registry, "file", LocalArtifactRepository)
    monkeypatch.chdir(tmp_path / "mlflow")
    assert mlflow.artifacts.load_text(f"runs:/{run}/note.txt") == "kept"


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_every_trial_of_a_search_is_a_run_nested_in_it(tmp_path: Path) -> None:
    trials = [Trial({"leaves": leaves}, 40, (0.2, 0.3)) for leaves in (7, 15)]
    said = {"cutoff": "2021-06-30", "seed": 0, "tables": {"entries": 1}}
    outer = tracking.record_search(tmp_path, Found(trials, trials[0], said))
    with tracking._tracking(tmp_path) as client:
        experiment = client.get_experiment_by_name("originrisk")
        runs = {run.info.run_id: run.data for run in client.search_runs([experiment.experiment_id])}
    assert len(runs) == 3
    nested = [data for data in runs.values() if data.tags.get("mlflow.parentRunId") == outer]
    assert {data.params["leaves"] for data in nested} == {"7", "15"}
    assert runs[outer].tags["kind"] == "search"
    assert runs[outer].metrics["loss"] == pytest.approx(0.25)


def test_runs_compare_where_they_judge_the_same_lines() -> None:
    said = {"cutoff": "2021-06-30", "history_start": "2019-01-01", "tables": {"entries": 1}}
    judged = {"judged": "later lines", "first_judged_day": "2021-02-01", "fitted_lines": 900, "seed": 0}
    same = tracking.comparison_set(said, judged)
    assert same == tracking.comparison_set({**said, "seed": 7, "trees": 9}, judged)
    assert same != tracking.comparison_set({**said, "tables": {"entries": 2}}, judged)
    assert same != tracking.comparison_set(said, {**judged, "fitted_lines": 901})

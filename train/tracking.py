"""The record of a training in MLflow: settings, metrics, pictures, the bundle, and a registered version."""

import logging
import os
import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import mlflow
from mlflow import MlflowClient
from mlflow.environment_variables import MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR
from mlflow.exceptions import MlflowException

from originrisk.data.errors import ModelRefusedError, Problem
from originrisk.features.catalogue import NAMES
from originrisk.models.bundle import described
from originrisk.models.registry import bundle_path, challenger_version, champion_version, resolve, versions
from originrisk.train.pipeline import Recalibrated, TrainedModel
from originrisk.train.report.card import card
from originrisk.train.report.charts import draw_holdout
from originrisk.train.reproduce import Recorded, made_by

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns of type hints of its own
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

NAME: Final = "originrisk"
SHORT: Final = ("average_precision", "auc", "recall@5%", "calibration_error", "log_loss")
"""Metrics of the headline's lines, by which runs and versions are listed."""
METRICS: Final = "metrics.json"
MADE_BY: Final = "made_by.json"
_PLACES: Final = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)
"""Where MLflow's tables hold absolute places of artifacts."""


def record(home: Path, trained: TrainedModel) -> str:
    """Log a training and register its bundle; returns the run's id. Everything lies under `home/mlflow`."""
    with _tracking(home) as client, mlflow.start_run(run_name=trained.version) as run:
        mlflow.log_params(_flat(trained.result.settings))
        mlflow.log_metrics(_numbers(trained.metrics()))
        mlflow.log_dict(trained.metrics(), METRICS)
        mlflow.log_dict(made_by(), MADE_BY)
        mlflow.log_text(
            card(trained.version, trained.role, trained.result.settings, trained.metrics()), "card.md"
        )
        with TemporaryDirectory() as pictures:
            draw_holdout(trained.result.holdout, Path(pictures))
            mlflow.log_artifacts(pictures, "pictures")
        _register(client, trained.folder, trained.version)
    mirror(home)
    return str(run.info.run_id)


def record_recalibrated(home: Path, made: Recalibrated) -> str:
    """Log a recalibration and register its bundle, as `record` does a training; returns the run's id."""
    with _tracking(home) as client, mlflow.start_run(run_name=made.version) as run:
        mlflow.log_params({"source": made.source, "log_odds": made.log_odds})
        mlflow.log_metrics({"lines": made.lines, "positives": made.positives})
        _register(client, made.folder, made.version)
    mirror(home)
    return str(run.info.run_id)


def mirror(home: Path) -> None:
    """Give the registered versions the aliases of the roles they have under `home/models`."""
    roles = {"champion": champion_version(home), "challenger": challenger_version(home)}
    with _tracking(home) as client:
        found = client.search_model_versions(f"name = '{NAME}'")
        for alias, version in roles.items():
            numbers = [int(v.version) for v in found if v.tags.get("bundle") == version]
            if numbers:
                client.set_registered_model_alias(NAME, alias, str(max(numbers)))
            elif found:
                client.delete_registered_model_alias(NAME, alias)


def recorded(home: Path, run_id: str) -> Recorded:
    """A run as `record` left it. Raises ModelRefusedError where there is no such run, or one without its code."""
    with _tracking(home) as client:
        try:
            run = client.get_run(run_id)
            metrics, made = (
                mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/{n}") for n in (METRICS, MADE_BY)
            )
        except MlflowException as error:
            step = "originrisk train prints the run's id."
            raise ModelRefusedError(
                Problem(f"run {run_id}", "a training of this home", "none", step)
            ) from error
    version = str(run.info.run_name)
    return Recorded(run_id, version, described(bundle_path(home, version)), metrics, made)


def metrics_of(home: Path) -> dict[str, dict[str, float]]:
    """Of each version that a training of this home made, the metrics of SHORT."""
    if not (home / "mlflow" / "mlflow.db").is_file():
        return {}
    with _tracking(home) as client:
        runs = {run.info.run_name: run.data.metrics for run in _runs(client)}
    return {
        version: {name: metrics[_metric_name(name)] for name in SHORT if _metric_name(name) in metrics}
        for version, metrics in runs.items()
    }


def version_of(home: Path, name: str) -> str:
    """The kept version that is meant, as `registry.resolve` takes it, or by the id of its run or its beginning."""
    try:
        return resolve(home, name)
    except ModelRefusedError:
        with _tracking(home) as client:
            found = {
                run.info.run_name
                for run in _runs(client)
                if len(name) >= 4 and run.info.run_id.startswith(name)
            }
        if len(found & set(versions(home))) != 1:
            raise
        return str(found.pop())


def run_meant(home: Path, name: str) -> str:
    """The id of a training's run: the id itself, its unambiguous beginning, or the version that it made."""
    with _tracking(home) as client:
        found = [
            run.info.run_id for run in _runs(client) if len(name) >= 4 and run.info.run_id.startswith(name)
        ]
    if len(found) == 1:
        return str(found[0])
    try:
        return run_of(home, resolve(home, name))
    except ModelRefusedError as error:
        step = "originrisk train prints the run's id."
        raise ModelRefusedError(Problem(f"run {name}", "a training of this home", "none", step)) from error


def _metric_name(name: str) -> str:
    """As MLflow takes it."""
    return name.replace("@", "_at_").replace("%", "pct")


def _runs(client: MlflowClient) -> list[Any]:
    experiment = client.get_experiment_by_name(NAME)
    return list(client.search_runs([experiment.experiment_id], max_results=1000))


def run_of(home: Path, version: str) -> str:
    """The run that trained a kept version. Raises ModelRefusedError where none is recorded here."""
    version = described(bundle_path(home, version)).get("recalibrated", {}).get("from", version)
    with _tracking(home) as client:
        found = [
            v for v in client.search_model_versions(f"name = '{NAME}'") if v.tags.get("bundle") == version
        ]
    if not found:
        raise ModelRefusedError(Problem(f"model {version}", "a recorded training", "none in this home"))
    return str(max(found, key=lambda v: int(v.version)).run_id)


@contextmanager
def _tracking(home: Path) -> Iterator[MlflowClient]:
    logging.getLogger("mlflow").setLevel(logging.WARNING)  # the schema's first migration is nobody's business
    logging.getLogger("alembic").setLevel(logging.WARNING)
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR.set(False)  # it draws even where there is no terminal
    folder = home.resolve() / "mlflow"
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as elsewhere, warnings.catch_warnings():
        database = folder / "mlflow.db"
        if database.exists() and not os.access(database, os.W_OK):  # a home that may only be read
            database = Path(shutil.copy(database, elsewhere))
        if database.exists():
            _move_to(database, (folder / "artifacts").as_uri())
        mlflow.set_tracking_uri(f"sqlite:///{database}")  # a relative one would follow the working directory
        warnings.simplefilter("ignore")  # of what its own tables ask SQLAlchemy for
        client = MlflowClient()
        if client.get_experiment_by_name(NAME) is None:
            client.create_experiment(NAME, artifact_location=(folder / "artifacts").as_uri())
        mlflow.set_experiment(NAME)
        yield client


def _move_to(database: Path, here: str) -> None:
    """Let MLflow's records name the folder of artifacts where it is now: the home may have been moved or copied."""
    with closing(sqlite3.connect(database)) as connection, connection:
        found = connection.execute(
            "SELECT artifact_location FROM experiments WHERE name = ?", (NAME,)
        ).fetchone()
        there = found[0] if found else here
        for table, column in _PLACES if there != here else ():
            connection.execute(
                f"UPDATE {table} SET {column} = ? || substr({column}, ?) WHERE substr({column}, 1, ?) = ?",
                (here, len(there) + 1, len(there), there),
            )


def _register(client: MlflowClient, folder: Path, version: str) -> None:
    """A version in the registry that MLflow can serve: code that reads the bundle, and the bundle beside it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wants hints and an example; the signature says all
        logged = mlflow.pyfunc.log_model(
            name=NAME,
            python_model=str(Path(__file__).with_name("served_model.py")),
            artifacts={"bundle": str(folder)},
            signature=ModelSignature(Schema([ColSpec("double", name) for name in NAMES])),
            pip_requirements=[f"mlflow=={mlflow.__version__}"],
        )
    if not client.search_registered_models(f"name = '{NAME}'"):
        client.create_registered_model(NAME)
    client.create_model_version(
        NAME, logged.model_uri, logged.run_id, tags={"bundle": version}, model_id=logged.model_id
    )


def _numbers(values: dict[str, Any]) -> dict[str, float]:
    names = {_metric_name(name): value for name, value in _flat(values).items()}
    return {n: float(v) for n, v in names.items() if isinstance(v, int | float) and isfinite(v)}


def _flat(values: dict[str, Any], path: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{path}{name}/")
        elif not isinstance(value, list):
            flat[f"{path}{name}"] = value
    return flat

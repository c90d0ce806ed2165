"""The record of a training in MLflow: settings, metrics, pictures, the bundle, and a registered version."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import mlflow
from mlflow import MlflowClient

from models.registry import challenger_version, champion_version
from train.pictures import draw
from train.run import TrainedModel

NAME: Final = "originrisk"


def record(home: Path, trained: TrainedModel) -> str:
    """Log a training and register its bundle; returns the run's id. Everything lies under `home/mlflow`."""
    with _tracking(home) as client, mlflow.start_run(run_name=trained.version) as run:
        mlflow.log_params(_flat(trained.settings))
        mlflow.log_metrics(_numbers(trained.metrics()))
        mlflow.log_dict(trained.metrics(), "metrics.json")
        mlflow.log_artifacts(str(trained.folder), "bundle")
        with TemporaryDirectory() as pictures:
            draw(trained.judgement, Path(pictures))
            mlflow.log_artifacts(pictures, "pictures")
        _register(client, run, trained.version)
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


@contextmanager
def _tracking(home: Path) -> Iterator[MlflowClient]:
    logging.getLogger("mlflow").setLevel(logging.WARNING)  # the schema's first migration is nobody's business
    logging.getLogger("alembic").setLevel(logging.WARNING)
    folder = home.resolve() / "mlflow"
    folder.mkdir(parents=True, exist_ok=True)
    mlflow.set_tracking_uri(
        f"sqlite:///{folder / 'mlflow.db'}"
    )  # a relative one would follow the working directory
    client = MlflowClient()
    if client.get_experiment_by_name(NAME) is None:
        client.create_experiment(NAME, artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment(NAME)
    yield client


def _register(client: MlflowClient, run: Any, version: str) -> None:
    if not client.search_registered_models(f"name = '{NAME}'"):
        client.create_registered_model(NAME)
    source = f"{run.info.artifact_uri}/bundle"
    client.create_model_version(NAME, source, run.info.run_id, tags={"bundle": version})


def _numbers(values: dict[str, Any]) -> dict[str, float]:
    names = {name.replace("@", "_at_").replace("%", "pct"): value for name, value in _flat(values).items()}
    return {n: float(v) for n, v in names.items() if isinstance(v, int | float) and isfinite(v)}


def _flat(values: dict[str, Any], path: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{path}{name}/")
        elif not isinstance(value, list):
            flat[f"{path}{name}"] = value
    return flat

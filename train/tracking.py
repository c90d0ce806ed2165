"""The record of a training in MLflow: settings, metrics, pictures, the bundle, and a registered version."""

import json
import logging
import re
import sqlite3
import subprocess
import warnings
from collections.abc import Iterator, Mapping
from contextlib import chdir, closing, contextmanager
from hashlib import sha256
from importlib.metadata import requires
from importlib.metadata import version as installed
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import mlflow
from mlflow import MlflowClient
from mlflow.data.delta_dataset_source import DeltaDatasetSource
from mlflow.data.meta_dataset import MetaDataset
from mlflow.environment_variables import MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import _artifact_repository_registry

import originrisk
from originrisk.data.contract import ENTRIES
from originrisk.data.errors import ModelRefusedError, Problem
from originrisk.features.catalogue import NAMES
from originrisk.models.bundle import catalogue_identity, described
from originrisk.models.registry import bundle_path, challenger_version, champion_version, resolve, versions
from originrisk.train.artifacts import ROOT, repository
from originrisk.train.comparison import Comparison
from originrisk.train.evaluation.evaluate import Evaluation
from originrisk.train.pipeline import Recalibrated, TrainedModel
from originrisk.train.report.card import card
from originrisk.train.report.charts import draw_holdout
from originrisk.train.reproduce import Recorded, made_by
from originrisk.train.search import Found

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns of type hints of its own
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema
    from mlflow.types.schema import AnyType

NAME: Final = "originrisk"
SHORT: Final = ("average_precision", "auc", "recall@5%", "calibration_error", "log_loss")
"""Metrics of the headline's lines, by which runs and versions are listed."""
METRICS: Final = "metrics.json"
MADE_BY: Final = "made_by.json"


def record(home: Path, trained: TrainedModel) -> str:
    """Log a training and register its bundle; returns the run's id. Everything lies under `home/mlflow`."""
    settings, metrics = trained.result.settings, trained.metrics()
    text = card(trained.version, trained.role, settings, metrics)
    with _run(home, "training", trained.version, settings) as (client, run):
        mlflow.set_tag("comparison_set", comparison_set(settings, metrics))
        mlflow.log_params(_flat(settings))
        headline = metrics[metrics["headline"]]
        short = {name: headline["methods"]["model"][name] for name in SHORT}
        mlflow.log_metrics(
            _numbers({**metrics, **short, "lines": headline["lines"], "positives": headline["positives"]})
        )
        mlflow.log_dict(metrics, METRICS)
        mlflow.log_dict(made_by(), MADE_BY)
        mlflow.log_text(text, "card.md")
        with TemporaryDirectory() as charts:
            draw_holdout(trained.result.holdout, Path(charts))
            mlflow.log_artifacts(charts, "charts")
        _register(client, trained.folder, trained.version, text)
    mirror(home)
    return str(run.info.run_id)


def comparison_set(settings: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Runs of the same one are judged on the same lines, which tables, cut-off, start and gap settle: they compare."""
    lines = [metrics[name] for name in ("judged", "first_judged_day", "fitted_lines")]
    given = [settings["cutoff"], settings["history_start"], settings["tables"], lines]
    digest = sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:12]
    return f"{settings['cutoff']} {digest}"


def record_recalibrated(home: Path, made: Recalibrated) -> str:
    """Log a recalibration and register its bundle, as `record` does a training; returns the run's id."""
    settings = described(made.folder)
    with _run(home, "recalibration", made.version, settings) as (client, run):
        mlflow.log_params({"source": made.source, "log_odds": made.log_odds})
        mlflow.log_metrics({"lines": made.lines, "positives": made.positives})
        moved = f"Trees of {made.source}, log-odds moved by {made.log_odds:+.3f} from {made.lines:,} results."
        _register(client, made.folder, made.version, moved)
    mirror(home)
    return str(run.info.run_id)


def record_evaluation(home: Path, evaluation: Evaluation, html: str) -> str:
    """Log an evaluation with its report; returns the run's id."""
    described = evaluation.described
    with _run(home, "evaluation", str(described["model"]), described) as (_, run):
        mlflow.log_params(_flat(described))
        model = next(row for row in evaluation.rows[evaluation.headline] if row.method == "model")
        figures = {**model.metrics, **next(iter(evaluation.parts().values())).probabilities()}
        mlflow.log_metrics(_numbers({name: figures[name] for name in SHORT} | {"leaks": len(evaluation.leaks)}))
        mlflow.log_dict(evaluation.plain(), "evaluation.json")
        mlflow.log_text(html, "report.html")
    return str(run.info.run_id)


def record_promotion(home: Path, comparison: Comparison, html: str) -> str:
    """Log what the gate said; returns the run's id."""
    settings = {**described(bundle_path(home, comparison.version)), "tables": comparison.tables}
    with _run(home, "promotion", comparison.version, settings) as (_, run):
        mlflow.log_params({"champion": comparison.champion, "passed": comparison.passed})
        mlflow.log_metrics({"lines": comparison.lines, "positives": comparison.positives})
        mlflow.log_dict(comparison.plain(), "comparison.json")
        mlflow.log_text(html, "comparison.html")
    return str(run.info.run_id)


def record_search(home: Path, found: Found) -> str:
    """Log a search, each trial as a run nested in its own; returns the id of the outer one."""
    with _run(home, "search", f"search of {found.described['cutoff']}", found.described) as (_, run):
        mlflow.log_params({**found.described, **found.recommended.settings})
        mlflow.log_metrics({"loss": found.recommended.loss, "trees": found.recommended.trees})
        for place, trial in enumerate(found.trials, 1):
            with mlflow.start_run(run_name=f"trial, place {place}", nested=True, tags={"kind": "trial"}):
                mlflow.log_params(trial.settings)
                mlflow.log_metrics({"loss": trial.loss, "trees": trial.trees, "size": trial.size})
    return str(run.info.run_id)


@contextmanager
def _run(home: Path, kind: str, name: str, settings: Mapping[str, Any]) -> Iterator[tuple[MlflowClient, Any]]:
    """A run with what every run says of itself: kind, cut-off, catalogue, code, and the tables it read as datasets."""
    tags = {
        "kind": kind,
        "cutoff": str(settings["cutoff"]),
        "catalogue": catalogue_identity(),
        "tables": json.dumps(settings["tables"], sort_keys=True),
        "code": sha256(json.dumps(made_by(), sort_keys=True).encode()).hexdigest()[:12],
        "git": _git_state(),
    }
    with _tracking(home) as client, mlflow.start_run(run_name=name, tags=tags) as run, _quiet():
        for table, version in settings["tables"].items():
            if (home / "lake" / table).is_dir():  # named from the home, which may be moved
                source = DeltaDatasetSource(path=f"lake/{table}", delta_table_version=version)
                mlflow.log_input(MetaDataset(source, name=table, digest=f"version-{version}"), kind)
        yield client, run


def _git_state() -> str:
    """Commit of the checkout that runs, and whether files differ from it; empty for an installed package."""
    root = Path(__file__).resolve().parents[1]
    if not (root / ".git").exists():
        return ""
    asked = (
        ["git", "--no-optional-locks", "-C", str(root), *words]
        for words in (("rev-parse", "HEAD"), ("status", "--porcelain"))
    )
    try:
        head, changed = (subprocess.run(a, capture_output=True, text=True, check=True).stdout for a in asked)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.strip() + (" with changes" if changed.strip() else "")


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
            metrics, made = (mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/{n}") for n in (METRICS, MADE_BY))
        except MlflowException as error:
            step = "originrisk train prints the run's id."
            raise ModelRefusedError(Problem(f"run {run_id}", "a training of this home", "none", step)) from error
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
            found = {run.info.run_name for run in _runs(client) if len(name) >= 4 and run.info.run_id.startswith(name)}
        if len(found & set(versions(home))) != 1:
            raise
        return str(found.pop())


def run_meant(home: Path, name: str) -> str:
    """The id of a training's run: the id itself, its unambiguous beginning, or the version that it made."""
    with _tracking(home) as client:
        found = [run.info.run_id for run in _runs(client) if len(name) >= 4 and run.info.run_id.startswith(name)]
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
        found = [v for v in client.search_model_versions(f"name = '{NAME}'") if v.tags.get("bundle") == version]
    if not found:
        raise ModelRefusedError(Problem(f"model {version}", "a recorded training", "none in this home"))
    return str(max(found, key=lambda v: int(v.version)).run_id)


@contextmanager
def _tracking(home: Path) -> Iterator[MlflowClient]:
    logging.getLogger("mlflow").setLevel(logging.WARNING)  # the schema's first migration is nobody's business
    logging.getLogger("alembic").setLevel(logging.WARNING)
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR.set(False)  # it draws even where there is no terminal
    _artifact_repository_registry.register("file", repository)  # as the entry point does where it is installed
    database = home.resolve() / "mlflow" / "mlflow.db"
    database.parent.mkdir(parents=True, exist_ok=True)
    with _quiet():  # of what its own tables ask SQLAlchemy for
        mlflow.set_tracking_uri(f"sqlite:///{database}")  # a relative one would follow the working directory
        client = MlflowClient()
        experiment = client.get_experiment_by_name(NAME)
        if experiment is None:
            experiment = client.get_experiment(client.create_experiment(NAME))
        if experiment.artifact_location != ROOT:  # MLflow makes absolute places, and follows others
            with closing(sqlite3.connect(database)) as connection, connection:
                connection.execute("UPDATE experiments SET artifact_location = ?", (ROOT,))
        mlflow.set_experiment(NAME)
        yield client


def _register(client: MlflowClient, folder: Path, version: str, description: str) -> None:
    """A version in the registry that loads anywhere: code that reads the bundle, the code it needs, its libraries."""
    columns = [ColSpec("double", name, required=False) for name in NAMES]
    columns += [ColSpec(AnyType(), name, required=False) for name in ENTRIES.names]
    with _quiet(), chdir(folder.parent):  # the model's own list of its files shall not name the home
        logged = mlflow.pyfunc.log_model(
            name=NAME,
            python_model=str(Path(__file__).with_name("served_model.py")),
            artifacts={"bundle": folder.name},
            code_paths=[str(Path(originrisk.__file__).parent)],
            signature=ModelSignature(Schema(columns), params=ParamSchema([ParamSpec("home", "string", "")])),
            pip_requirements=_requirements(),
        )
    if not client.search_registered_models(f"name = '{NAME}'"):
        client.create_registered_model(NAME, description="Probability that goods of an entry line come from Xinjiang")
    client.create_model_version(
        NAME,
        logged.model_uri,
        logged.run_id,
        tags={"bundle": version},
        description=description,
        model_id=logged.model_id,
    )


def _requirements() -> list[str]:
    """The libraries that the package declares, as they are installed."""
    names = {re.split(r"[^\w.-]", line)[0] for line in requires(NAME) or () if "extra ==" not in line}
    return sorted(f"{name}=={installed(name)}" for name in names)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without MLflow's advice: it wants hints and an example where the signature says all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


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

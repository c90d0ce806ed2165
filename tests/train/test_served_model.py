"""The registered model in an empty folder, by a Python that has the libraries and not this package."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from originrisk.data.settings import Settings, TrainSettings
from originrisk.features.catalogue import NAMES
from originrisk.models.bundle import load
from originrisk.models.registry import champion_path
from originrisk.train.pipeline import train
from originrisk.train.tracking import metrics_of, record, run_meant, version_of
from tests.models.factory import matrix
from tests.train.home import CUTOFF, home

LOADED = """
import json, sys, warnings
warnings.simplefilter("ignore")
import mlflow, pandas as pd
mlflow.set_tracking_uri(sys.argv[1])
try:
    import originrisk
    raise SystemExit("the package is on the path")
except ImportError:
    pass
model = mlflow.pyfunc.load_model("models:/originrisk@champion")
rows = pd.read_parquet(sys.argv[2])
params = {"home": sys.argv[3]} if len(sys.argv) > 3 else None
print(json.dumps(model.predict(rows, params=params).to_dict("list")))
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    one = home(tmp_path_factory.mktemp("home")).model_copy(update={"train": TrainSettings(seeds=1)})
    run = record(one.home, train(one, CUTOFF, seed=0))
    version = champion_path(one.home).name
    assert version_of(one.home, run[:8]) == version_of(one.home, version[:6]) == version
    assert run_meant(one.home, version[:6]) == run_meant(one.home, run[:8]) == run
    assert metrics_of(one.home)[version]["auc"] > 0.5
    return one


def bare(folder: Path, settings: Settings, rows: pd.DataFrame, *home_of_lines: str) -> dict[str, list[float]]:
    """What the registered model answers where this package is not installed."""
    folder.mkdir()
    rows.to_parquet(folder / "rows.parquet")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MLFLOW"))}
    environment |= {"PYTHONPATH": sysconfig.get_paths()["purelib"], "HOME": str(folder)}
    where = settings.home / "mlflow"  # without this package MLflow finds artifacts from here alone
    rows_file = str(folder / "rows.parquet")
    command = [sys.executable, "-S", "-c", LOADED, "sqlite:///mlflow.db", rows_file, *home_of_lines]
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.mark.filterwarnings("ignore")
def test_features_are_answered_as_the_bundle_answers_them(tmp_path: Path, settings: Settings) -> None:
    lines = matrix(20)
    answer = bare(tmp_path / "empty", settings, pd.DataFrame(lines, columns=list(NAMES)))
    bundle = load(champion_path(settings.home))
    assert np.allclose(answer["probability"], bundle.model.probability(lines), atol=1e-12)
    assert set(answer["model_version"]) == {bundle.version}

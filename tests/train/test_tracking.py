"""MLflow's place in a home: what is recorded goes along with a home that is moved or copied."""

import shutil
from pathlib import Path

import mlflow
import pytest

from originrisk.train import tracking


def _run(home: Path) -> str:
    with tracking._tracking(home), mlflow.start_run() as run:
        mlflow.log_text("kept", "note.txt")
    return str(run.info.run_id)


@pytest.mark.parametrize("bring", [shutil.move, shutil.copytree], ids=["moved", "copied"])
def test_a_home_elsewhere_reads_and_writes_there_alone(tmp_path: Path, bring: object) -> None:
    old, new = tmp_path / "a home", tmp_path / "b"
    earlier = _run(old)
    bring(old, new)  # type: ignore[operator]
    before = sorted(old.rglob("*"))
    later = _run(new)
    with tracking._tracking(new) as client:
        for run in (earlier, later):
            assert mlflow.artifacts.load_text(f"{client.get_run(run).info.artifact_uri}/note.txt") == "kept"
    assert sorted(old.rglob("*")) == before
    assert len(list((new / "mlflow" / "artifacts").rglob("note.txt"))) == 2
    assert len(list((old / "mlflow" / "artifacts").rglob("note.txt"))) == (bring is shutil.copytree)

"""Spark's workers score as one process does, bit for bit, and refuse as it does."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from originrisk.data.errors import ModelRefusedError
from originrisk.data.settings import ScoreSettings, Settings
from originrisk.serve.cluster import score_days
from originrisk.serve.cluster.close_days import close_until
from originrisk.serve.cluster.engine import Engine
from originrisk.serve.scoring.batch import score_period
from tests.serve import factory

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]
DAY = date(2021, 2, 5)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_days, "LINES_OF_TASK", 4)
    monkeypatch.setattr(score_days, "LINES_OF_RUN", 100)


def settings(template: Path, home: Path, shards: int = 1) -> Settings:
    shutil.copytree(template, home)
    rules = ScoreSettings(capacity_by_port={"2704": 1}, capacity_least=4, reasons=3)
    return Settings(home=home, history_start=factory.START, history_shards=shards, score=rules)


def scored(of: Settings, start: date, end: date, engine: Engine | None) -> pa.Table:
    return score_period(of, start, end, engine).scores()


@pytest.mark.parametrize(("start", "end"), [(DAY, DAY), (factory.START, factory.END)])
def test_workers_score_as_one_process(engine: Engine, template: Path, tmp_path: Path, start: date, end: date) -> None:
    here = scored(settings(template, tmp_path / "here"), start, end, None)
    assert len(here) > 5
    assert scored(settings(template, tmp_path / "spark"), start, end, engine).equals(here)


@pytest.mark.parametrize("shards", [4, 16])
def test_workers_ask_shards_and_score_as_one_process(
    engine: Engine, template: Path, tmp_path: Path, shards: int
) -> None:
    here = scored(settings(template, tmp_path / "here"), DAY, DAY, None)
    split = settings(template, tmp_path / "spark", shards)
    assert scored(split, DAY, DAY, engine).equals(here)
    (folder,) = (split.home / "history").glob(f"{DAY - timedelta(1)}")
    assert len([*folder.glob(f"*-of-{shards}.0.state.npy")]) == shards
    assert scored(split, DAY, factory.END, engine).equals(
        scored(settings(template, tmp_path / "whole"), DAY, factory.END, None)
    )


def test_workers_close_days_as_one_process(engine: Engine, template: Path, tmp_path: Path) -> None:
    for of, workers in (("here", None), ("spark", engine)):
        close_until(settings(template, tmp_path / of), DAY, workers)
    files = [path.relative_to(tmp_path / "here") for path in (tmp_path / "here" / "history").rglob("*.*")]
    assert len(files) > 50
    assert all((tmp_path / "here" / of).read_bytes() == (tmp_path / "spark" / of).read_bytes() for of in files)


def test_what_a_worker_refuses_ends_the_run_with_its_words(engine: Engine, template: Path, tmp_path: Path) -> None:
    home = shutil.copytree(template, tmp_path / "home")
    (bundle,) = (path for path in (home / "models").iterdir() if path.is_dir())
    with pytest.raises(ModelRefusedError, match=r"model-0\.txt"):
        list(engine.run(damaged_and_loaded, [str(bundle)]))


def damaged_and_loaded(folder: str) -> bytes:
    from originrisk.models import bundle

    with (Path(folder) / "model-0.txt").open("a") as file:
        file.write("\n")
    bundle.load(Path(folder))
    return b""


def test_no_items_give_no_answers(engine: Engine) -> None:
    assert list(engine.run(damaged_and_loaded, [])) == []

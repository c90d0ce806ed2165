"""Scores worked out by workers are those of one process, bit for bit."""

import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from originrisk.data.settings import ScoreSettings, Settings
from originrisk.data.store.tables import Store
from originrisk.serve.cluster import score_days
from originrisk.serve.cluster.close_days import SHARES
from originrisk.serve.cluster.engine import InTurn
from originrisk.serve.scoring.batch import score_period
from tests.serve import factory

DAY = date(2021, 2, 5)
PERIODS = [(DAY, DAY), (factory.START, factory.START), (factory.START, factory.END), (DAY, factory.END)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    factory.home(folder)
    assert Store(folder).pseudonym_key  # homes copied from it keep the same pseudonyms
    return folder


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_days, "LINES_OF_TASK", 3)
    monkeypatch.setattr(score_days, "LINES_OF_RUN", 50)


def scored(template: Path, home: Path, start: date, end: date, engine: InTurn | None) -> pa.Table:
    shutil.copytree(template, home)
    rules = ScoreSettings(capacity_by_port={"2704": 1}, capacity_least=4, reasons=3)
    settings = Settings(home=home, history_start=factory.START, score=rules)
    return score_period(settings, start, end, engine).scores()


@pytest.mark.parametrize(("start", "end"), PERIODS)
def test_workers_score_as_one_process(template: Path, tmp_path: Path, start: date, end: date) -> None:
    here = scored(template, tmp_path / "here", start, end, None)
    spread_out = scored(template, tmp_path / "spread", start, end, InTurn())
    assert len(here) > 5
    assert spread_out.equals(here)


def test_a_period_is_cut_into_several_slices(template: Path, tmp_path: Path) -> None:
    items: list[int] = []

    class Counted(InTurn):
        def run(self, task, work):  # type: ignore[no-untyped-def]
            items.append(len(work))
            return super().run(task, work)

    scored(template, tmp_path / "spread", factory.START, factory.END, Counted())
    scored(template, tmp_path / "day", DAY, DAY, Counted())
    closing, slices, of_day = items
    assert closing == len(SHARES)
    assert slices >= 5
    assert of_day >= 3

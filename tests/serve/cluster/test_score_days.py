"""Scores worked out by workers are those of one process, bit for bit."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from originrisk.data.errors import ModelRefusedError
from originrisk.data.settings import ScoreSettings, Settings
from originrisk.data.store.tables import Store
from originrisk.serve.cluster import engine, score_days
from originrisk.serve.cluster.close_days import SHARES, close_until
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


def scored(template: Path, home: Path, start: date, end: date, workers: InTurn | None, *, shards: int = 1) -> pa.Table:
    shutil.copytree(template, home)
    rules = ScoreSettings(capacity_by_port={"2704": 1}, capacity_least=4, reasons=3)
    settings = Settings(home=home, history_start=factory.START, history_shards=shards, score=rules)
    return score_period(settings, start, end, workers).scores()


@pytest.mark.parametrize(("start", "end"), PERIODS)
def test_workers_score_as_one_process(template: Path, tmp_path: Path, start: date, end: date) -> None:
    here = scored(template, tmp_path / "here", start, end, None)
    spread_out = scored(template, tmp_path / "spread", start, end, InTurn())
    assert len(here) > 5
    assert spread_out.equals(here)


@pytest.mark.parametrize("shards", [4, 16])
def test_workers_with_one_shard_each_score_as_one_process(template: Path, tmp_path: Path, shards: int) -> None:
    class OneShard(InTurn):
        def run(self, task, items):  # type: ignore[no-untyped-def]
            engine._mapped_history.cache_clear()
            ran.append((task.__name__, len(items)))
            return super().run(task, items)

    ran: list[tuple[str, int]] = []
    here = scored(template, tmp_path / "here", DAY, DAY, None)
    assert scored(template, tmp_path / "shards", DAY, DAY, None, shards=shards).equals(here)
    assert scored(template, tmp_path / "spread", DAY, DAY, OneShard(), shards=shards).equals(here)
    assert [*dict(ran)] == ["ask_shard", "score_lines_task"]
    assert ran[0][1] == shards
    period = scored(template, tmp_path / "period", DAY, factory.END, OneShard(), shards=shards)
    assert period.equals(scored(template, tmp_path / "whole", DAY, factory.END, None))


def test_a_lost_shard_is_refused_by_its_name_and_learned_anew(template: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    here = scored(template, home, DAY, DAY, InTurn(), shards=4)
    (folder,) = (one for one in (home / "history").iterdir() if one.name == str(DAY - timedelta(1)))
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    (folder / "2-of-4.0.state.npy").unlink()
    engine._mapped_history.cache_clear()
    settings = Settings(home=home, history_start=factory.START, history_shards=4)
    with pytest.raises(ModelRefusedError, match=r"2-of-4\.0\.state\.npy"):
        score_period(settings, DAY, DAY, InTurn())
    shutil.rmtree(folder)
    close_until(settings, DAY - timedelta(1))
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert len(here) > 5


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

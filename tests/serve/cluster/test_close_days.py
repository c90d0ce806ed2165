"""A history that tallies and learners learned apart is the one that one process keeps, byte for byte."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.serve.cluster.close_days import close_until
from originrisk.serve.cluster.engine import Engine, InTurn
from tests.serve import factory

DAY = date(2021, 2, 5)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    factory.home(folder)
    assert Store(folder).pseudonym_key  # homes copied from it keep the same pseudonyms
    return folder


def kept(template: Path, home: Path, days: list[date], engine: Engine | None) -> dict[str, bytes]:
    """Every file of every history that is kept once days were brought in, by day and name."""
    shutil.copytree(template, home)
    for day in days:
        told = close_until(Settings(home=home, history_start=factory.START), day, engine)
        assert told["history_date"] == str(day)
    folder = home / "history"
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("days", [[DAY], [DAY - timedelta(9), DAY]])
def test_tasks_keep_what_one_process_keeps(template: Path, tmp_path: Path, days: list[date]) -> None:
    here = kept(template, tmp_path / "here", days, None)
    assert len({name.split("/")[0] for name in here}) == 2
    assert kept(template, tmp_path / "tasks", days, InTurn()) == here


def test_a_store_without_lines_by_then_has_no_history(template: Path, tmp_path: Path) -> None:
    shutil.copytree(template, tmp_path / "home")
    settings = Settings(home=tmp_path / "home", history_start=factory.START)
    for engine in (None, InTurn()):
        assert close_until(settings, factory.START - timedelta(1), engine)["history_date"] is None

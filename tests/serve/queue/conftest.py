"""A home with a scored day, made once; an office over a copy of it, on each of the databases."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from serve.batch import score_period
from serve.queue.database import Database
from serve.queue.migrate import migrate
from tests.serve import factory
from tests.serve.online.served import DAY
from tests.serve.queue import office
from tests.serve.queue.office import Office


@pytest.fixture(scope="session")
def scored_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = factory.home(tmp_path_factory.mktemp("scored"))
    score_period(settings, DAY, DAY)
    database = Database(settings)
    migrate(database)
    database.close()
    return settings.home


@pytest.fixture
def at(scored_home: Path, tmp_path: Path) -> Iterator[Office]:
    opened = Office(office.settings(shutil.copytree(scored_home, tmp_path / "home"), ""))
    yield opened
    opened.desk.database.close()

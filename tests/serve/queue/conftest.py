"""A home with a scored day, made once; an office over a copy of it, on each of the databases."""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from originrisk.data.settings import ScoreSettings, Settings
from originrisk.serve.queue.db.database import Database, migrate
from originrisk.serve.scoring.batch import score_period
from tests.serve import factory
from tests.serve.online.served import DAY
from tests.serve.queue import office, postgres
from tests.serve.queue.evidence import past
from tests.serve.queue.office import Office


@pytest.fixture(scope="session")
def scored_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = factory.home(tmp_path_factory.mktemp("scored"))
    few = ScoreSettings(capacity_least=6, capacity_share=0.1, random_share=0.5)
    score_period(settings.model_copy(update={"score": few}), DAY, DAY)
    _migrated(office.settings(settings.home, ""))
    return settings.home


@pytest.fixture(scope="session")
def storied_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a past: a supplier seen and found out, one listed, one new, hostile text; its last day scored."""
    few = ScoreSettings(capacity_least=10, random_share=0.2)
    settings = factory.home(tmp_path_factory.mktemp("past")).model_copy(update={"score": few})
    past.fill(settings.home)
    score_period(settings, past.DAY - timedelta(1), past.DAY - timedelta(1))
    score_period(settings, past.DAY, past.DAY)
    _migrated(office.settings(settings.home, ""))
    return settings.home


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    with postgres.server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def at(request: pytest.FixtureRequest, scored_home: Path, tmp_path: Path) -> Iterator[Office]:
    settings = office.settings(_twin(scored_home, tmp_path / "home"), "")
    if request.param == "postgresql":
        server: postgres.Server = request.getfixturevalue("postgres_server")
        settings = office.settings(settings.home, server.fresh())
        _migrated(settings)
    opened = Office(settings)
    yield opened
    opened.context.database.close()


def _migrated(settings: Settings) -> None:
    database = Database(settings)
    migrate(database)
    database.close()


def _twin(home: Path, target: Path) -> Path:
    """A home of its own: of what is never written in place, links are enough."""
    apart = shutil.ignore_patterns("queue", "history", "models")
    shutil.copytree(home, target, copy_function=os.link, ignore=apart)
    shutil.copytree(home / "queue", target / "queue")
    return target

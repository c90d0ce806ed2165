"""The reading of the home with a past."""

from pathlib import Path

import pytest

from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.serve.queue.lines.reading import Reading, prepared
from tests.serve import factory


@pytest.fixture
def home(storied_home: Path) -> Path:
    return storied_home


@pytest.fixture
def reading(home: Path) -> Reading:
    return prepared(Settings(home=home, history_start=factory.START), Store(home), patience=60).get()[0]

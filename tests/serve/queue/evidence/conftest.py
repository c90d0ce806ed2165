"""The reading of the home with a past."""

from pathlib import Path

import pytest

from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.serve.queue.evidence.reading import StoreSnapshot, background_reading
from tests.serve import factory


@pytest.fixture
def home(storied_home: Path) -> Path:
    return storied_home


@pytest.fixture
def reading(home: Path) -> StoreSnapshot:
    return background_reading(Settings(home=home, history_start=factory.START), Store(home), patience=60).get()[0]

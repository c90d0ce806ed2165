"""A home with a past: a supplier seen and found out, one listed, one new; its last day scored."""

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from data.contract import ENTRIES, LISTED, OUTCOMES
from data.settings import ScoreSettings, Settings
from data.store import Store
from serve.batch import score_period
from serve.queue.lines.reading import Reading
from tests.serve import factory
from tests.serve.queue.lines import past

DAY = past.DAY


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    few = ScoreSettings(capacity_least=10, random_share=0.2)
    settings = factory.home(tmp_path_factory.mktemp("past")).model_copy(update={"score": few})
    store = Store(settings.home)
    store.upsert("entries", pa.Table.from_pylist(past.lines(), schema=ENTRIES.schema).to_batches())
    store.upsert("outcomes", pa.Table.from_pylist(past.outcomes(), schema=OUTCOMES.schema).to_batches())
    store.upsert("listed", pa.Table.from_pylist(past.listed(), schema=LISTED.schema).to_batches())
    score_period(settings, DAY - timedelta(1), DAY - timedelta(1))
    score_period(settings, DAY, DAY)
    return settings.home


@pytest.fixture
def reading(home: Path) -> Reading:
    return Reading(Settings(home=home, history_start=factory.START), Store(home))

from datetime import timedelta
from pathlib import Path

import pytest

from originrisk.data.contract import LINE_KEY
from originrisk.data.store.tables import Store
from originrisk.models.bundle import load
from originrisk.models.registry import champion_path
from originrisk.serve.scoring.batch import score_period
from originrisk.train.feature_cache import features_of
from tests.serve import factory


def test_lines_of_a_day_are_seen_as_the_batch_sees_them(tmp_path: Path) -> None:
    settings = factory.home(tmp_path)
    early, day = factory.START + timedelta(10), factory.START + timedelta(30)
    score_period(settings, early, early)  # the days from there to `day` lie in no saved history
    lines = Store(tmp_path).entries(day, day).to_pandas()
    model = load(champion_path(tmp_path)).model
    said = model.probability(features_of(lines, settings))
    score_period(settings, day, day)
    batch = Store(tmp_path).scores(day, day).to_pandas().sort_values(list(LINE_KEY))
    assert len(lines) == len(batch) > 3
    assert said == pytest.approx(batch["probability"].to_numpy(), abs=1e-12)

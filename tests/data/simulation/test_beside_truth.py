"""Published scores beside the truth of a simulated world: the level, the order, and what is missing."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from originrisk.data.contract import SCORES
from originrisk.data.errors import BadInputError
from originrisk.data.simulation.world import scores_beside_truth
from originrisk.data.store.tables import Store

DAY = date(2021, 11, 3)


def published(home: Path, probability: np.ndarray, true: np.ndarray) -> None:
    """A day's scores and the truth of its lines."""
    numbers = [f"ZZ9{number:08d}" for number in range(len(true))]
    rows = [
        dict.fromkeys(SCORES.names)
        | {"entry_number": name, "line_number": 1, "entry_date": DAY, "probability": float(p), "rank": place}
        for place, (name, p) in enumerate(zip(numbers, probability, strict=True), 1)
    ]
    Store(home).replace_day("scores", DAY, pa.Table.from_pylist(rows, SCORES.schema))
    (home / "world").mkdir()
    columns = [pa.array(numbers, pa.string()), pa.array([1] * len(true), pa.int32()), pa.array(true)]
    truth = pa.table(columns, ["entry_number", "line_number", "y_any"])
    pq.write_table(truth, home / "world" / "truth.parquet")


def test_a_level_that_is_half_the_truth_is_told_so(tmp_path: Path) -> None:
    chance = np.random.default_rng(0).beta(1, 20, 4000)
    published(tmp_path, chance / 2, np.random.default_rng(1).random(4000) < chance)
    told = scores_beside_truth(tmp_path)
    assert told["ratio"] == pytest.approx(0.5, abs=0.06)
    assert told["all"]["low"] > told["all"]["probability"]
    assert told["auc"] > 0.6
    assert sum(row["lines"] for row in told["tenths"]) == told["all"]["lines"] == 4000
    honest = [row["low"] <= 2 * row["probability"] <= row["high"] for row in told["tenths"]]
    assert sum(honest) >= 8


def test_without_a_world_or_a_score_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="originrisk world"):
        scores_beside_truth(tmp_path)
    published(tmp_path, np.empty(0), np.empty(0, bool))
    with pytest.raises(BadInputError, match="originrisk score"):
        scores_beside_truth(tmp_path)

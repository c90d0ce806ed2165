"""The published Korean declarations, real third-party input; skipped where the files are not at hand."""

import os
from pathlib import Path

import pytest

from originrisk.data.ingest.run import ingest
from originrisk.data.store.tables import Store

SHARED = Path(os.environ.get("ORIGINRISK_SHARED", Path(__file__).parents[4] / "shared"))
TRAIN = SHARED / "data" / "korea" / "train.csv"

pytestmark = pytest.mark.skipif(not TRAIN.exists(), reason="no Korean declarations: set ORIGINRISK_SHARED")


def test_every_declaration_is_read_with_its_zero_masses_and_empty_sellers(tmp_path: Path) -> None:
    store = Store(tmp_path)
    counts = ingest(store, "entries", [TRAIN], "korea-kcs").counts
    lines = store.entries()
    assert (counts.read, counts.accepted, counts.rejected) == (37_385, 37_385, 0)
    assert lines["manufacturer_name"].null_count == 3_715
    assert sum(weight == 0 for weight in lines["gross_weight_kg"].to_pylist()) == 285
    assert "ZZ" in lines["country_of_origin"].unique().to_pylist()


def test_fraud_becomes_a_result_and_the_run_says_that_it_is_not_origin(tmp_path: Path) -> None:
    store = Store(tmp_path)
    ingested = ingest(store, "outcomes", [TRAIN], "korea-kcs")
    assert store.outcomes()["result"].to_pylist().count("xinjiang") == 8_114
    assert "fraud" in ingested.note

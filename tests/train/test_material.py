"""A training reads the decisions on parties that were taken by then, and a repeated one those and no later ones."""

from datetime import date
from pathlib import Path

from originrisk.data.settings import load_settings
from originrisk.data.store import journal
from originrisk.data.store.tables import Store
from originrisk.train.dataset import TrainingTables
from tests.features.factory import entries


def decide(home: Path, on: date) -> None:
    keys = {"party": "0" * 15 + "1", "other": "0" * 15 + "2"}
    journal.append_decision(home, journal.Decided(on=on, verb="join", reason="one owner", **keys))


def test_decisions_are_read_and_counted_as_a_version(tmp_path: Path) -> None:
    Store(tmp_path).upsert("entries", entries(20).to_batches())
    settings = load_settings(tmp_path)
    before = TrainingTables.read(settings)
    assert "decided" not in before.versions
    decide(tmp_path, date(2020, 1, 1))
    first = TrainingTables.read(settings)
    decide(tmp_path, date(2020, 2, 1))
    assert len(TrainingTables.read(settings).listings.decided) == 2
    again = TrainingTables.read(settings, versions=first.versions)
    assert again.listings.decided == first.listings.decided
    assert len(first.listings.decided) == first.versions["decided"] == 1
    assert TrainingTables.read(settings, versions=before.versions).listings.decided == ()

"""The batch over a small home with a real model."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES, OUTCOMES
from originrisk.data.errors import AlreadyRunningError, ModelRefusedError
from originrisk.data.settings import ScoreSettings, Settings
from originrisk.data.store.tables import Store
from originrisk.serve.scoring.batch import score_period
from tests.serve import factory

DAY = date(2021, 2, 5)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    factory.home(folder)
    return folder


@pytest.fixture
def settings(template: Path, tmp_path: Path) -> Settings:
    shutil.copytree(template, tmp_path / "home")
    return Settings(home=tmp_path / "home", history_start=factory.START)


def test_every_line_of_the_day_is_scored_once(settings: Settings) -> None:
    batch = score_period(settings, DAY, DAY)
    keys = [(row["entry_number"], row["line_number"]) for row in batch.scores().to_pylist()]
    assert sorted(keys) == [(row["entry_number"], row["line_number"]) for row in batch.entries().to_pylist()]
    assert batch.summary()["read"] == batch.summary()["scored"] == len(keys) > 5


def test_rank_follows_probability(settings: Settings) -> None:
    scores = score_period(settings, DAY, DAY).scores()
    probability = scores["probability"].to_pylist()
    assert scores["rank"].to_pylist() == list(range(1, len(scores) + 1))
    assert probability == sorted(probability, reverse=True)
    assert len(set(probability)) > 1


def test_scoring_twice_commits_nothing_new(settings: Settings) -> None:
    first = score_period(settings, DAY, factory.END).scores()
    versions = Store(settings.home).versions()
    assert score_period(settings, DAY, factory.END).scores().equals(first)
    assert Store(settings.home).versions() == versions


def test_a_period_is_scored_as_its_nights_would_have_been(settings: Settings) -> None:
    nights = [score_period(settings, day, day).scores() for day in (DAY, DAY + timedelta(1))]
    for night in nights:
        assert len(night) > 0
    period = score_period(settings, factory.START, factory.END).store
    assert [period.scores(night["entry_date"][0].as_py(), night["entry_date"][0].as_py()) for night in nights] == nights


def test_an_outcome_known_on_the_day_changes_nothing_and_one_known_the_day_before_does(settings: Settings) -> None:
    store = Store(settings.home)
    without = score_period(settings, DAY, DAY).scores()
    line = store.entries(DAY - timedelta(3), DAY - timedelta(3)).slice(0, 1)
    outcome = factory.outcomes(line).to_pylist()[0]

    def known_on(day: date) -> list[object]:
        table = pa.Table.from_pylist([{**outcome, "outcome_date": day}], schema=OUTCOMES.schema)
        store.upsert("outcomes", table.to_batches())
        return score_period(settings, DAY, DAY).scores()["probability"].to_pylist()

    assert known_on(DAY) == without["probability"].to_pylist()
    assert known_on(DAY - timedelta(1)) != without["probability"].to_pylist()


def test_reasons_stand_at_lines_inside_capacity_only(settings: Settings) -> None:
    narrow = settings.model_copy(update={"score": ScoreSettings(capacity_least=2, reasons=3)})
    reasons = score_period(narrow, DAY, DAY).scores()["reasons"].to_pylist()
    assert [bool(given) for given in reasons[:2]] == [True, True]
    assert not any(reasons[2:])
    assert max(map(len, reasons)) <= 3


def test_history_date_is_the_day_before(settings: Settings) -> None:
    assert set(score_period(settings, DAY, DAY).scores()["history_date"].to_pylist()) == {DAY - timedelta(1)}


def test_an_empty_day_is_a_success_with_no_scores(settings: Settings) -> None:
    batch = score_period(settings, factory.EMPTY_DAY, factory.EMPTY_DAY)
    assert batch.summary()["read"] == batch.summary()["scored"] == 0


def test_a_day_that_lost_its_lines_loses_its_scores(settings: Settings) -> None:
    score_period(settings, DAY, DAY)
    store = Store(settings.home)
    moved = [{**row, "entry_date": DAY + timedelta(1)} for row in store.entries(DAY, DAY).to_pylist()]
    store.upsert("entries", pa.Table.from_pylist(moved, schema=ENTRIES.schema).to_batches())
    assert len(score_period(settings, DAY, DAY).scores()) == 0


def test_without_a_champion_nothing_is_scored(settings: Settings) -> None:
    (settings.home / "models" / "champion").unlink()
    with pytest.raises(ModelRefusedError):
        score_period(settings, DAY, DAY)
    assert "scores" not in Store(settings.home).versions()


def test_a_second_writer_is_refused(settings: Settings) -> None:
    with Store(settings.home).writing(), pytest.raises(AlreadyRunningError):
        score_period(settings, DAY, DAY)


@pytest.mark.parametrize(("lines", "inside"), [(0, 0), (5, 5), (100, 20), (5000, 100), (5001, 101)])
def test_capacity_is_a_share_with_a_floor_and_never_more_than_the_day_has(lines: int, inside: int) -> None:
    assert ScoreSettings().capacity(lines) == inside

"""The gate on a real training of the small world: a worse model is refused, a better one takes over."""

import json
from datetime import date

import pytest

from originrisk.data.errors import GateRefusedError
from originrisk.data.settings import GateSettings, ScoreSettings, Settings, TrainSettings
from originrisk.features.catalogue import NAMES
from originrisk.models import bundle, registry
from originrisk.models.calibration import Calibrator
from originrisk.models.origin_model import OriginModel
from originrisk.train.comparison import compare
from originrisk.train.pipeline import train
from originrisk.train.promotion import decide, enter, roll_back, take_over
from originrisk.train.report.page import comparison_page
from tests.models.factory import matrix, model, model_of
from tests.train.home import home

CUTOFF = date(2021, 1, 31)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    whole = home(tmp_path_factory.mktemp("home"))
    few = {"gate": GateSettings(least_results=50, least_positives=5), "train": TrainSettings(seeds=1)}
    return whole.model_copy(update=few)


@pytest.fixture(scope="module")
def good(settings: Settings) -> str:
    return train(settings, CUTOFF, seed=1).version


@pytest.fixture(scope="module")
def ignorant(settings: Settings, good: str) -> str:
    """A sound bundle whose boosters learned from noise."""
    return kept(settings, good, str(CUTOFF))


def kept(settings: Settings, good: str, cutoff: str) -> str:
    said = bundle.load(registry.bundle_path(settings.home, good)).settings
    staged = settings.home / "models" / "staged"
    version = bundle.save(staged, model(), {**said, "cutoff": cutoff}, matrix(5))
    staged.rename(registry.bundle_path(settings.home, version))
    enter(settings, version, said["tables"])
    return version


@pytest.fixture(scope="module")
def narrow(settings: Settings, good: str) -> str:
    """A model of an older catalogue: it lacks some of today's features."""
    said = bundle.load(registry.bundle_path(settings.home, good)).settings
    reads = NAMES[5:]
    older = OriginModel(model_of(reads, matrix(300)[:, 5:]), 0.0, Calibrator(), NAMES)
    staged = settings.home / "models" / "staged"
    version = bundle.save(staged, older, said, matrix(5))
    staged.rename(registry.bundle_path(settings.home, version))
    return version


def test_models_of_two_catalogues_are_compared_on_the_same_lines_and_nothing_changes(
    settings: Settings, good: str, narrow: str
) -> None:
    before = registry.roles(settings.home), registry.history(settings.home)
    few = ScoreSettings(capacity_least=1, capacity_share=0.3)
    comparison = compare(settings.model_copy(update={"score": few}), narrow)
    assert (registry.roles(settings.home), registry.history(settings.home)) == before
    assert (comparison.version, comparison.champion) == (narrow, good)
    assert not comparison.passed
    queue = comparison.queue
    assert queue["entered"] == queue["left"] > 0
    assert len(queue["lines"]) <= 20
    assert all(line["place_before"] != line["place_after"] for line in queue["lines"])
    assert queue["features"][0]["log_odds"] > 0
    assert [row["model"] for row in comparison.calibration].count("champion") > 3
    json.dumps(comparison.plain(), allow_nan=False)
    assert narrow in comparison_page(comparison)


def test_a_champion_of_another_catalogue_stays_in_charge_beside_a_new_training(
    settings: Settings, good: str, narrow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.promote(settings.home, narrow, why="older release", who="test", tables={})
    assert enter(settings, good, {}) == "challenger"
    changed = [{**row, "version": row["version"] + (row["name"] == NAMES[9])} for row in bundle.catalogue()]
    monkeypatch.setattr(bundle, "catalogue", lambda: changed)
    with pytest.raises(bundle.FeaturesMissingError, match=NAMES[9]):
        bundle.load(registry.champion_path(settings.home))
    assert enter(settings, good, {}) == "challenger"
    monkeypatch.undo()
    registry.promote(settings.home, good, why="end of the test", who="test", tables={})


def test_the_gate_judges_at_the_capacity_of_the_queue(settings: Settings, good: str, ignorant: str) -> None:
    """At least twenty lines a day: of a small trade that is nearly all, whatever the share says."""
    narrow = settings.model_copy(update={"score": ScoreSettings(capacity_least=1, capacity_share=0.1)})
    wide, small = compare(settings, ignorant), compare(narrow, ignorant)
    assert wide.capacity > 0.9
    assert 0.1 < small.capacity < 0.5
    assert f"recall at {small.capacity:.1%} of lines" in [check.name for check in small.checks]


def test_a_later_model_is_challenger(settings: Settings, good: str, ignorant: str) -> None:
    roles = registry.roles(settings.home)
    assert (roles[good], roles[ignorant]) == ("champion", "challenger")


def test_a_worse_model_is_refused_with_every_reason_and_logged(settings: Settings, good: str, ignorant: str) -> None:
    decision = decide(settings, ignorant)
    assert decision.first_day > str(CUTOFF)
    failed = [check.name for check in decision.checks if not check.passed]
    assert failed
    with pytest.raises(GateRefusedError) as refused:
        take_over(settings, decision)
    assert all(name in str(refused.value) for name in failed)
    last = list(registry.history(settings.home))[-1]
    assert (last["event"], last["version"]) == ("refused", ignorant)
    assert last["tables"]["entries"] == 0
    assert registry.champion_version(settings.home) == good


def test_a_better_model_takes_over_and_can_be_rolled_back(settings: Settings, good: str, ignorant: str) -> None:
    registry.promote(settings.home, ignorant, why="by mistake", who="test", tables={})
    take_over(settings, decide(settings, good))
    assert registry.champion_version(settings.home) == good
    assert roll_back(settings, "to see it work") == ignorant
    assert registry.champion_version(settings.home) == ignorant
    registry.promote(settings.home, good, why="end of the test", who="test", tables={})


def test_without_results_since_both_cut_offs_there_is_no_verdict(settings: Settings, good: str) -> None:
    latest = kept(settings, good, str(date(2021, 6, 30)))
    with pytest.raises(GateRefusedError, match="earlier --cutoff"):
        decide(settings, latest)


def test_a_champion_that_cannot_be_loaded_is_replaced_by_the_next_training(
    settings: Settings, good: str, ignorant: str
) -> None:
    registry.promote(settings.home, ignorant, why="start of the test", who="test", tables={})
    (registry.bundle_path(settings.home, ignorant) / "calibrator.json").write_text("{}", "utf-8")
    assert enter(settings, good, {}) == "champion"
    assert "cannot score" in list(registry.history(settings.home))[-1]["why"]

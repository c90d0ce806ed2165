"""The gate on a real training of the small world: a worse model is refused, a better one takes over."""

from datetime import date

import pytest

from originrisk.data.errors import GateRefusedError
from originrisk.data.settings import GateSettings, Settings, TrainSettings
from originrisk.models import bundle, registry
from originrisk.train.pipeline import train
from originrisk.train.promotion import decide, enter, roll_back, take_over
from tests.models.factory import matrix, model
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


def test_a_later_model_is_challenger(settings: Settings, good: str, ignorant: str) -> None:
    assert registry.roles(settings.home) == {good: "champion", ignorant: "challenger"}


def test_a_worse_model_is_refused_with_every_reason_and_logged(
    settings: Settings, good: str, ignorant: str
) -> None:
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


def test_a_better_model_takes_over_and_can_be_rolled_back(
    settings: Settings, good: str, ignorant: str
) -> None:
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

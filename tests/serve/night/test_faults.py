"""Fault injection: a night killed at random moments, on a full disk, with a damaged bundle; then it runs again.

`python -m pytest -m slow tests/serve/night/test_faults.py` kills two hundred nights; the quick tests kill a few.
"""

import multiprocessing
import os
import random
import resource
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from originrisk.data.errors import NO_ROOM
from originrisk.data.store.tables import Store
from originrisk.models.registry import champion_path
from tests.serve.night import nights

KILLS = 200
FULL = 20

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.serve.night.test_faults", "originrisk.serve.night.run", "deltalake", "lightgbm"])


def run_child(home: Path, most_bytes: int | None = None) -> None:
    """A night in a process of its own; ends with the exit code that the command would have."""
    from originrisk.data.errors import exit_code_of
    from originrisk.serve.night.run import run_night

    if most_bytes is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        manifest = run_night(nights.settings_of(home), nights.DAY)
    except Exception as error:
        os._exit(exit_code_of(error))
    os._exit(manifest.content["ended"]["exit_code"])


def start(home: Path, most_bytes: int | None = None) -> Any:
    child = FORKS.Process(target=run_child, args=(home, most_bytes))
    child.start()
    return child


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nights.home(tmp_path_factory.mktemp("template") / "home")


@pytest.fixture(scope="module")
def undisturbed(template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], float]:
    """What a night leaves behind that nobody disturbs, and how long it takes, seconds."""
    home = nights.copy(template, tmp_path_factory.mktemp("undisturbed") / "home")
    start(nights.copy(template, home.with_name("warm"))).join()
    began = time.perf_counter()
    child = start(home)
    child.join()
    assert child.exitcode == 0, nights.record(home)["ended"]
    return nights.state(home), time.perf_counter() - began


def seen(home: Path) -> set[tuple[str, int]]:
    """Model and number of lines that a reader finds for the day."""
    scores = Store(home).scores(nights.DAY, nights.DAY)
    return {(version, len(scores)) for version in scores["model_version"].to_pylist()}


def disturb(
    template: Path, folder: Path, undisturbed: tuple[dict[str, Any], float], spoil: Callable[[Path], None]
) -> None:
    """Spoil one night, run it again, and compare with the undisturbed one."""
    home = nights.copy(template, folder)
    spoil(home)
    again = start(home)
    again.join()
    assert again.exitcode == 0, nights.record(home).get("ended")
    left = nights.state(home)
    assert [name for name in left if left[name] != undisturbed[0][name]] == []
    shutil.rmtree(home)


def kill_after(seconds: float, allowed: set[tuple[str, int]]) -> Callable[[Path], None]:
    def spoil(home: Path) -> None:
        child = start(home)
        end = time.perf_counter() + seconds
        while child.is_alive() and time.perf_counter() < end:
            found = seen(home)
            assert len(found) == 1, "a mixed day"
            assert found <= allowed
        child.kill()
        child.join()

    return spoil


def disk_of(most_bytes: int) -> Callable[[Path], None]:
    def spoil(home: Path) -> None:
        before = seen(home)
        child = start(home, most_bytes)
        child.join()
        assert child.exitcode in {0, NO_ROOM}
        assert child.exitcode == 0 or seen(home) == before or len(seen(home)) == 1

    return spoil


def allowed(template: Path, undisturbed: tuple[dict[str, Any], float]) -> set[tuple[str, int]]:
    """The day as it was and as it is to be."""
    after = [row for row in undisturbed[0]["scores"] if row["entry_date"] == nights.DAY]
    return seen(template) | {(row["model_version"], len(after)) for row in after}


def kill_many(template: Path, folder: Path, undisturbed: tuple[dict[str, Any], float], kills: int) -> None:
    moments, both = random.Random(7), allowed(template, undisturbed)
    assert len(both) == 2
    for number in range(kills):
        after = kill_after(moments.uniform(0, undisturbed[1]), both)
        disturb(template, folder / f"kill-{number}", undisturbed, after)


def test_a_killed_night_runs_again_to_the_same_end(
    template: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    kill_many(template, tmp_path, undisturbed, 3)


@pytest.mark.slow
def test_two_hundred_killed_nights_run_again_to_the_same_end(
    template: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    kill_many(template, tmp_path, undisturbed, KILLS)


@pytest.mark.slow
def test_nights_on_a_full_disk_run_again_to_the_same_end(
    template: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    sizes = random.Random(3)
    for number in range(FULL):
        disturb(template, tmp_path / f"full-{number}", undisturbed, disk_of(int(10 ** sizes.uniform(1, 5))))


def test_a_full_disk_ends_the_night_and_a_free_one_mends_it(
    template: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    disturb(template, tmp_path / "full", undisturbed, disk_of(2000))


def test_a_damaged_bundle_is_refused_and_nothing_changes(
    template: Path, undisturbed: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    def damage(home: Path) -> None:
        before, file = nights.state(home), champion_path(home) / "model-0.txt"
        text = file.read_bytes()
        file.write_bytes(text.replace(b"tree", b"eert", 1))
        child = start(home)
        child.join()
        assert child.exitcode == 4
        assert nights.state(home) == before
        file.write_bytes(text)

    disturb(template, tmp_path / "damaged", undisturbed, damage)

"""Snapshots: what is read is what was written, or it is refused."""

import json
import resource
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from originrisk.data.errors import ModelRefusedError
from originrisk.features.history.arrays import named_arrays
from originrisk.features.history.replay import Outcomes, close_days, replay
from originrisk.features.history.state import History
from originrisk.features.history.view import see
from originrisk.features.lines import Lines
from originrisk.models import snapshot
from tests.features.factory import SHIPPED, entries, outcomes

TABLE = entries(120)
LINES = Lines.of(TABLE)
OUTCOMES = Outcomes.of(LINES, outcomes(TABLE))
DAYS = LINES.days["entry_date"]


def history(*stops: int) -> History:
    """History of the small world, replayed with stops on the way."""
    made = History()
    for stop in (*stops, int(DAYS.max())):
        list(replay(made, LINES, OUTCOMES, stop, SHIPPED))
    return made


def saved(folder: Path) -> Path:
    """A snapshot in a new folder."""
    snapshot.save(history(), folder, {"entries": 3})
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    read = dict(named_arrays(snapshot.load(saved(tmp_path / "a"))))
    written = dict(named_arrays(history()))
    assert read.keys() == written.keys()
    assert all(np.array_equal(read[name], written[name]) for name in written)


def test_the_same_history_gives_the_same_bytes(tmp_path: Path) -> None:
    snapshot.save(history(int(DAYS[30]), int(DAYS[70])), tmp_path / "b", {"entries": 3})
    assert contents(saved(tmp_path / "a")) == contents(tmp_path / "b")


def test_a_read_history_learns_and_leaves_the_files_alone(tmp_path: Path) -> None:
    made, first, end = History(), int(DAYS[60]) - 1, int(DAYS.max()) + 100
    list(replay(made, LINES, OUTCOMES, first, SHIPPED))
    snapshot.save(made, tmp_path / "a", {})
    before, read = contents(tmp_path / "a"), snapshot.load(tmp_path / "a")
    np.testing.assert_array_equal(see(read, LINES, SHIPPED).state(), see(made, LINES, SHIPPED).state())
    for one, other in zip(*(replay(of, LINES, OUTCOMES, end, SHIPPED) for of in (read, made)), strict=True):
        np.testing.assert_array_equal(one.view.state(), other.view.state())
    written, expected = dict(named_arrays(read)), dict(named_arrays(made))
    assert all(np.array_equal(written[name], expected[name]) for name in expected)
    assert contents(tmp_path / "a") == before


def test_a_history_that_closes_a_day_copies_one_group_at_a_time(tmp_path: Path) -> None:
    snapshot.save(history(int(DAYS[60])), tmp_path / "a", {})
    read, today = snapshot.load(tmp_path / "a"), int(DAYS.max()) + 1
    lines = LINES.take(np.arange(40))
    for name in ("entry_date", "received_on"):
        lines.days[name][:] = today
    results = Outcomes.conclusive(np.arange(5), np.full(5, today, np.int32), np.ones(5, np.bool_))
    close_days(read, lines, results, today, SHIPPED)
    held = [
        sum(group.counts.size > 0 and group.counts.state.flags.writeable for group in read.groups)
        for _ in named_arrays(read, surrendered=True)
    ]
    assert max(held) == 1


@pytest.mark.parametrize("name", ["0.state.npy", "recent.rows.npy"])
def test_a_changed_file_is_refused(tmp_path: Path, name: str) -> None:
    file = saved(tmp_path / "a") / name
    file.write_bytes(file.read_bytes()[:-1] + b"\x7f")
    with pytest.raises(ModelRefusedError, match=name):
        snapshot.load(tmp_path / "a")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    (saved(tmp_path / "a") / "0.keys.npy").unlink()
    with pytest.raises(ModelRefusedError, match=r"0\.keys\.npy"):
        snapshot.load(tmp_path / "a")


@pytest.mark.parametrize(("name", "value"), [("identity", lambda _: "other code"), ("FORMAT", 0)])
def test_a_snapshot_of_other_code_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(snapshot, name, value)
        saved(tmp_path / "a")
    with pytest.raises(ModelRefusedError, match="made by another"):
        snapshot.load(tmp_path / "a")


@pytest.mark.parametrize("field", ["day", "basis", "files"])
def test_a_manifest_that_was_rewritten_is_refused(tmp_path: Path, field: str) -> None:
    manifest = saved(tmp_path / "a") / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), field: {}}))
    with pytest.raises(ModelRefusedError, match="manifest"):
        snapshot.check(tmp_path / "a", b"")


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_a_folder_without_a_sound_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ModelRefusedError):
        snapshot.load(tmp_path)


@pytest.mark.parametrize("act", [saved, snapshot.remove])
def test_what_is_cut_short_while_old_files_go_leaves_a_whole_snapshot_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Path], Any]
) -> None:
    folder = saved(tmp_path / "a")

    def cut_short(path: Any, *_: Any, **__: Any) -> None:
        for manifest in Path(path).rglob(snapshot.MANIFEST):
            manifest.unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", cut_short)
        with pytest.raises(KeyboardInterrupt):
            act(folder)
    assert not folder.exists() or snapshot.load(folder)


def test_an_interrupted_save_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(saved(tmp_path / "a"))

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(np.lib.format, "write_array_header_1_0", fail)
    with pytest.raises(OSError, match="disk full"):
        saved(tmp_path / "a")
    assert contents(tmp_path / "a") == before
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_disk_that_fills_up_within_an_array_is_told(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        for most in range(200, 8100, 300):
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
            with pytest.raises(OSError, match=r"File too large|requested and"):
                snapshot.write([("a", np.arange(1000))], 1, tmp_path / f"{most}", {})
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            assert not (tmp_path / f"{most}").exists()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)

import errno
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from originrisk.data.errors import ModelRefusedError
from originrisk.models.bundle import save
from originrisk.models.registry import (
    ENTERED,
    REFUSED,
    ROLLED_BACK,
    bundle_path,
    challenger_version,
    champion_path,
    champion_version,
    history,
    predecessor,
    promote,
    record,
    roles,
    versions,
)
from tests.models.factory import matrix, model


def kept(home: Path, cutoff: str) -> str:
    staged = home / "models" / "staged"
    version = save(staged, model(seeds=1), {"cutoff": cutoff}, matrix(5))
    staged.rename(bundle_path(home, version))
    return version


def in_charge(home: Path) -> str:
    version = kept(home, "2021-06-30")
    promote(home, version, why="first", who="test", tables={})
    return version


@pytest.mark.parametrize("pointer", ["../../evil", "/etc", "", "models", "0123456789ab/.."])
def test_a_pointer_that_is_no_version_is_refused(tmp_path: Path, pointer: str) -> None:
    version = in_charge(tmp_path)
    (tmp_path / "models" / "champion").write_text(pointer)
    with pytest.raises(ModelRefusedError, match="champion"):
        champion_path(tmp_path)
    promote(tmp_path, version, why="repaired", who="test", tables={})
    assert champion_version(tmp_path) == version


def test_a_bundle_rewritten_with_new_hashes_does_not_serve(tmp_path: Path) -> None:
    version, other = in_charge(tmp_path), kept(tmp_path, "2021-07-31")
    shutil.rmtree(bundle_path(tmp_path, version))
    bundle_path(tmp_path, other).rename(bundle_path(tmp_path, version))
    with pytest.raises(ModelRefusedError, match=version):
        champion_path(tmp_path)
    with pytest.raises(ModelRefusedError, match="content"):
        promote(tmp_path, version, why="again", who="test", tables={})


def test_a_version_that_the_log_never_put_in_charge_does_not_serve(tmp_path: Path) -> None:
    in_charge(tmp_path)
    (tmp_path / "models" / "champion").write_text(kept(tmp_path, "2021-07-31"))
    with pytest.raises(ModelRefusedError, match="promotion log"):
        champion_path(tmp_path)


def test_a_torn_append_never_happened_and_the_log_goes_on(tmp_path: Path) -> None:
    version = in_charge(tmp_path)
    log = tmp_path / "models" / "promotions.jsonl"
    log.write_text(log.read_text() + '{"at": "2021-07-01", "event": "promo')
    assert len(history(tmp_path)) == 1
    record(tmp_path, REFUSED, version, why="worse")
    assert [event["event"] for event in history(tmp_path)] == ["promoted", REFUSED]


def test_an_append_is_a_whole_line_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = in_charge(tmp_path)
    before = (tmp_path / "models" / "promotions.jsonl").read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="space"):
        promote(tmp_path, version, why="again", who="test", tables={})
    assert (tmp_path / "models" / "promotions.jsonl").read_bytes() == before
    left = {path.name for path in (tmp_path / "models").iterdir()}
    assert left <= {version, "champion", "promotions.jsonl", "promotions.lock"}


@pytest.mark.parametrize(
    "forge", [lambda lines: lines[1:], lambda lines: [lines[0].replace("first", "forged"), *lines[1:]]]
)
def test_a_line_changed_or_taken_out_of_the_log_is_refused(tmp_path: Path, forge: Any) -> None:
    version = in_charge(tmp_path)
    record(tmp_path, REFUSED, version, why="worse")
    log = tmp_path / "models" / "promotions.jsonl"
    log.write_text("".join(f"{line}\n" for line in forge(log.read_text().splitlines())))
    with pytest.raises(ModelRefusedError, match=r"promotions\.jsonl, line"):
        history(tmp_path)


def test_a_log_of_before_the_chain_is_read_and_goes_on_chained(tmp_path: Path) -> None:
    version = in_charge(tmp_path)
    log = tmp_path / "models" / "promotions.jsonl"
    event = json.loads(log.read_text())
    old = json.dumps({name: event[name] for name in event if name not in ("previous", "digest", "sum")}) + "\n"
    log.write_text(old * 2)
    record(tmp_path, REFUSED, version, why="worse")
    assert len(history(tmp_path)) == 3
    assert champion_path(tmp_path) == bundle_path(tmp_path, version)


def test_without_a_promotion_there_is_no_champion(tmp_path: Path) -> None:
    assert champion_version(tmp_path) is None
    with pytest.raises(ModelRefusedError, match="originrisk train"):
        champion_path(tmp_path)


def test_the_promoted_version_is_the_champion(tmp_path: Path) -> None:
    version = kept(tmp_path, "2021-06-30")
    promote(tmp_path, version, why="first", who="test", tables={"entries": 3})
    assert champion_path(tmp_path) == bundle_path(tmp_path, version)


def test_every_promotion_stays_in_the_log(tmp_path: Path) -> None:
    first, second = kept(tmp_path, "2021-06-30"), kept(tmp_path, "2021-07-31")
    for version in (first, second, first):
        promote(tmp_path, version, why="check", who="test", tables={})
    assert [event["version"] for event in history(tmp_path)] == [first, second, first]
    assert [event["before"] for event in history(tmp_path)] == [None, first, second]


def test_an_unknown_version_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    version = kept(tmp_path, "2021-06-30")
    promote(tmp_path, version, why="first", who="test", tables={})
    with pytest.raises(ModelRefusedError, match="none of that name"):
        promote(tmp_path, "nothing", why="typo", who="test", tables={})
    assert champion_version(tmp_path) == version
    assert len(list(history(tmp_path))) == 1


def test_versions_are_the_bundles_that_are_kept(tmp_path: Path) -> None:
    expected = {kept(tmp_path, "2021-06-30"), kept(tmp_path, "2021-07-31")}
    assert set(versions(tmp_path)) == expected


def test_roles_follow_the_log(tmp_path: Path) -> None:
    first, second, third = (kept(tmp_path, f"2021-0{month}-30") for month in (4, 6, 9))
    promote(tmp_path, first, why="first", who="test", tables={})
    for version in (second, third):
        record(tmp_path, ENTERED, version, why="newest")
    assert roles(tmp_path) == {first: "champion", second: "kept", third: "challenger"}
    assert challenger_version(tmp_path) == third
    record(tmp_path, REFUSED, third, why="worse")
    promote(tmp_path, second, why="better", who="test", tables={})
    assert roles(tmp_path) == {first: "former champion", second: "champion", third: "refused"}
    assert challenger_version(tmp_path) is None


def test_each_rollback_goes_one_champion_further_back(tmp_path: Path) -> None:
    first, second, third = (kept(tmp_path, f"2021-0{month}-30") for month in (4, 6, 9))
    for version in (first, second, third):
        promote(tmp_path, version, why="better", who="test", tables={})
    for expected in (second, first):
        assert predecessor(tmp_path) == expected
        promote(tmp_path, expected, why="drift", who="test", tables={}, event=ROLLED_BACK)
        assert champion_version(tmp_path) == expected
    with pytest.raises(ModelRefusedError, match="promotion log"):
        predecessor(tmp_path)

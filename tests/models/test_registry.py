from pathlib import Path

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

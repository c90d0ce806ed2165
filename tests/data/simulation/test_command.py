"""`originrisk world`: files in the contract's shape, the same bytes each time, truth beside and not among them."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from originrisk.data.errors import UsageError
from originrisk.data.simulation.command import world


def _run(home: Path, *words: str) -> dict[str, int]:
    app = typer.Typer()
    app.command()(world)
    result = CliRunner().invoke(app, ["--lines", "1500", "--json", *words], obj=home, catch_exceptions=False)
    assert result.exit_code == 0
    counts: dict[str, int] = json.loads(result.stdout)
    return counts


def _bytes(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted(home.rglob("*.parquet"))}


def test_files_hold_what_is_reported(tmp_path: Path) -> None:
    counts = _run(tmp_path)
    assert counts["entries"] == 1500 == pq.read_table(tmp_path / "world" / "entries").num_rows
    for name in ("outcomes", "listed", "truth"):
        assert pq.read_table(tmp_path / "world" / f"{name}.parquet").num_rows == counts[name]


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    _run(tmp_path / "a", "--seed", "4")
    _run(tmp_path / "b", "--seed", "4")
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b")


def test_a_new_world_replaces_the_old_one_whole(tmp_path: Path) -> None:
    _run(tmp_path, "--seed", "1")
    before = _bytes(tmp_path)
    _run(tmp_path, "--seed", "2")
    after = _bytes(tmp_path)
    assert before.keys() == after.keys()
    assert before != after
    assert [path.name for path in tmp_path.iterdir()] == ["world"]


def test_entries_folder_holds_no_truth(tmp_path: Path) -> None:
    _run(tmp_path)
    assert "y_any" not in pq.read_schema(next((tmp_path / "world" / "entries").iterdir())).names


@pytest.mark.parametrize("words", [("--variant", "upside_down"), ("--start", "2024-01-01", "--end", "2023-01-01")])
def test_settings_that_do_not_fit_are_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        _run(tmp_path, *words)
    assert not (tmp_path / "world").exists()

"""`originrisk night`, `status` and `suppress` as a person or a scheduler types them."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from originrisk.data.errors import UsageError
from originrisk.data.store.tables import Store
from originrisk.serve.commands import COMMANDS
from tests.serve import factory
from tests.serve.night import nights


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    factory.home(folder)
    (folder / "settings.toml").write_text(f"history_start = {factory.START}\n")
    return folder


def run(home: Path, *words: str) -> Result:
    app = typer.Typer()
    for name, command in COMMANDS.items():
        app.command(name)(command)
    return CliRunner().invoke(app, words, obj=home)


def test_a_night_prints_one_object_and_ends_with_its_code(home: Path) -> None:
    ran = run(home, "night", "--date", "2021-02-05", "--json")
    said = json.loads(ran.stdout)
    assert (ran.exit_code, said["exit_code"]) == (0, 0)
    assert [(night["date"], night["lines"]) for night in said["nights"]] == [("2021-02-05", 10)]


def test_a_night_with_warnings_is_exit_code_6(home: Path) -> None:
    bad = nights.late_lines(1, htsus="none")
    nights.deliver(home, [*nights.late_lines(9), {**bad[0], "entry_number": "no number"}])
    ran = run(home, "night", "--date", "2021-02-05")
    assert ran.exit_code == 6
    assert "rejected" in ran.stdout


def test_a_backfill_prints_each_night(home: Path) -> None:
    said = json.loads(run(home, "night", "--from", "2021-02-01", "--to", "2021-02-02", "--json").stdout)
    assert [night["date"] for night in said["nights"]] == ["2021-02-01", "2021-02-02"]


@pytest.mark.parametrize("words", [(), ("--from", "2021-02-01"), ("--date", "2021-02-01", "--to", "2021-02-02")])
def test_words_that_do_not_fit_are_refused(home: Path, words: tuple[str, ...]) -> None:
    assert isinstance(run(home, "night", *words).exception, UsageError)


def test_status_is_printed_for_people_and_for_scripts(home: Path) -> None:
    run(home, "night", "--date", "2021-02-05")
    assert json.loads(run(home, "status", "--json").stdout)["live"] == "2021-02-05"
    assert "2021-02-05" in run(home, "status").stdout


def test_a_suppressed_line_leaves_the_queue_of_the_next_run(home: Path) -> None:
    first = Store(home).scores(nights.DAY, nights.DAY).to_pylist()[0]
    words = (first["entry_number"], "1", "--until", "2021-03-01", "--on", "2021-02-01", "--reason", "audited")
    assert run(home, "suppress", *words).exit_code == 0
    run(home, "night", "--date", "2021-02-05")
    again = Store(home).scores(nights.DAY, nights.DAY).to_pylist()[0]
    assert again["entry_number"] == first["entry_number"]
    assert first["selection"] == "order"
    assert again["selection"] != "order"

"""`originrisk score` as a person or a scheduler types it."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from originrisk.data.errors import OriginRiskError, UsageError
from originrisk.serve.commands import score
from tests.serve import factory


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    factory.home(folder)
    return folder


def run(home: Path, *words: str) -> Result:
    app = typer.Typer()
    app.command()(score)
    return CliRunner().invoke(app, words, obj=home)


def refused(home: Path, *words: str) -> OriginRiskError:
    error: Any = run(home, *words).exception
    assert isinstance(error, OriginRiskError), error
    return error


def test_json_is_one_object_and_nothing_else(home: Path) -> None:
    said = json.loads(run(home, "--date", "2021-02-05", "--json").stdout)
    assert said["read"] == said["scored"] > 0
    assert said["from"] == said["to"] == "2021-02-05"


@pytest.mark.parametrize(("day", "hindsight"), [("2021-01-31", True), ("2021-02-01", False)])
def test_scores_of_days_the_model_learned_from_are_told_apart(home: Path, day: str, hindsight: bool) -> None:
    result = run(home, "--date", day, "--json")
    assert json.loads(result.stdout)["hindsight"] is hindsight
    assert ("flatter" in result.stderr) is hindsight


def test_out_holds_every_line_of_the_period(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    words = ("--from", "2021-02-01", "--to", "2021-02-03", "--out", str(out), "--json")
    said = json.loads(run(home, *words).stdout)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == said["scored"] > 20
    assert sorted({row["entry_date"] for row in rows}) == ["2021-02-01", "2021-02-02", "2021-02-03"]


def test_an_empty_day_ends_well_with_an_empty_file(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    result = run(home, "--date", str(factory.EMPTY_DAY), "--out", str(out))
    assert result.exit_code == 0
    assert len(out.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--from", "2021-02-01"),
        ("--date", "2021-02-01", "--to", "2021-02-02"),
        ("--from", "2021-02-02", "--to", "2021-02-01"),
        ("--date", "2021-02-01", "--out", "scores.xls"),
    ],
)
def test_words_that_do_not_fit_are_refused(home: Path, words: tuple[str, ...]) -> None:
    assert isinstance(refused(home, *words), UsageError)


def test_a_date_that_is_none_is_a_usage_error(home: Path) -> None:
    assert run(home, "--date", "2021-02-30").exit_code == 2


def test_a_home_without_a_model_is_exit_code_4(tmp_path: Path) -> None:
    assert refused(tmp_path, "--date", "2021-02-01").exit_code == 4

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from data.errors import GateRefusedError
from tests.train.home import CUTOFF, home
from train.commands import COMMANDS

app = typer.Typer()


@app.callback()
def _home(ctx: typer.Context, folder: Path) -> None:
    ctx.obj = folder


for name, command in COMMANDS.items():
    app.command(name)(command)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_train_prints_one_json_object_and_nothing_else(tmp_path: Path) -> None:
    home(tmp_path)
    told = CliRunner().invoke(
        app, [str(tmp_path), "train", "--cutoff", str(CUTOFF), "--json"], catch_exceptions=False
    )
    result = json.loads(told.stdout)
    assert set(result) == {"run_id", "model_version", "metrics"}
    assert (tmp_path / "models" / result["model_version"] / "manifest.json").is_file()


def test_an_empty_home_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(GateRefusedError, match="ingest entries"):
        CliRunner().invoke(app, [str(tmp_path), "train"], catch_exceptions=False)


def test_a_cut_off_that_is_no_day_is_a_usage_error(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, [str(tmp_path), "train", "--cutoff", "30.06.2021"]).exit_code == 2

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from originrisk.data.errors import GateRefusedError, ModelRefusedError, UsageError
from originrisk.models.bundle import save
from originrisk.models.registry import bundle_path, champion_version, history
from originrisk.train.commands import COMMANDS
from tests.models.factory import matrix, model
from tests.train.home import CUTOFF, home

app = typer.Typer()


@app.callback()
def _home(ctx: typer.Context, folder: Path) -> None:
    ctx.obj = folder


for name, command in COMMANDS.items():
    app.command(name)(command)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")  # MLflow's own queries
def test_train_prints_one_json_object_and_nothing_else(tmp_path: Path) -> None:
    home(tmp_path)
    (tmp_path / "settings.toml").write_text('history_start = "2020-01-01"\n[train]\nseeds = 1\n')
    told = CliRunner().invoke(app, [str(tmp_path), "train", "--cutoff", str(CUTOFF), "--json"], catch_exceptions=False)
    result = json.loads(told.stdout)
    assert set(result) == {"run_id", "model_version", "role", "metrics"}
    assert result["role"] == "champion"
    assert (tmp_path / "models" / result["model_version"] / "manifest.json").is_file()


def test_an_empty_home_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(GateRefusedError, match="ingest entries"):
        CliRunner().invoke(app, [str(tmp_path), "train"], catch_exceptions=False)


def test_a_cut_off_that_is_no_day_is_a_usage_error(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, [str(tmp_path), "train", "--cutoff", "30.06.2021"]).exit_code == 2


def call(folder: Path, *words: str) -> str:
    return CliRunner().invoke(app, [str(folder), *words], catch_exceptions=False).stdout


def kept(folder: Path, cutoff: str) -> str:
    staged = folder / "models" / "staged"
    settings = {"cutoff": cutoff, "seed": 0, "examples": 100, "tables": {"entries": 1}, "picked_log_odds": 0.0}
    version = save(staged, model(seeds=1), settings, matrix(5))
    staged.rename(bundle_path(folder, version))
    return version


def test_an_older_model_can_be_put_back_in_charge_with_a_reason(tmp_path: Path) -> None:
    old, new = kept(tmp_path, "2021-05-31"), kept(tmp_path, "2021-06-30")
    for version, reason in ((new, "better"), (old, "drift since June")):
        told = CliRunner().invoke(app, [str(tmp_path), "promote", version, "--override", reason])
        assert told.exit_code == 0
    assert champion_version(tmp_path) == old
    assert [event["why"] for event in history(tmp_path)] == ["better", "drift since June"]


def test_an_empty_reason_does_not_override_the_gate(tmp_path: Path) -> None:
    version = kept(tmp_path, "2021-05-31")
    with pytest.raises(UsageError, match="a reason"):
        call(tmp_path, "promote", version, "--override", " ")
    assert champion_version(tmp_path) is None


def test_a_rollback_puts_the_champion_before_in_charge_and_is_logged(tmp_path: Path) -> None:
    old, new = kept(tmp_path, "2021-05-31"), kept(tmp_path, "2021-06-30")
    for version in (old, new):
        call(tmp_path, "promote", version, "--override", "better")
    assert json.loads(call(tmp_path, "rollback", "--why", "drift", "--json")) == {"champion": old}
    assert champion_version(tmp_path) == old
    last = list(history(tmp_path))[-1]
    assert (last["event"], last["why"], last["before"]) == ("rolled back", "drift", new)
    assert last["who"]
    assert last["tables"] == {"entries": 1}


def test_a_damaged_model_does_not_take_over(tmp_path: Path) -> None:
    version = kept(tmp_path, "2021-05-31")
    (bundle_path(tmp_path, version) / "calibrator.json").write_text("{}")
    with pytest.raises(ModelRefusedError):
        CliRunner().invoke(app, [str(tmp_path), "promote", version, "--override", "try"], catch_exceptions=False)
    assert champion_version(tmp_path) is None


def test_models_lists_versions_and_the_champion(tmp_path: Path) -> None:
    version = kept(tmp_path, "2021-05-31")
    CliRunner().invoke(app, [str(tmp_path), "promote", version, "--override", "first"])
    listed = json.loads(CliRunner().invoke(app, [str(tmp_path), "models", "--json"]).stdout)
    assert listed["champion"] == version
    assert listed["models"][version]["cutoff"] == "2021-05-31"

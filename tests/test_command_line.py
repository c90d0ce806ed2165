"""The command as scripts and people meet it: messages, exit codes, an unchanged store. Real processes throughout."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest
from typer.testing import CliRunner

from originrisk.cli import app
from originrisk.data.store.tables import Store
from tests.processes import heed_interrupts
from tests.serve import factory

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "originrisk")
DAY = "2021-02-05"
PERIOD = ("--from", str(factory.START), "--to", str(factory.END))


def start(home: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "--home", home, *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=heed_interrupts,  # noqa: PLW1509 — nothing but a signal is set
    )


def run(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    with start(home, *words, **environment) as process:
        out, said = process.communicate()
    return subprocess.CompletedProcess(words, process.returncode, out, said)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    factory.home(folder)
    return folder


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "home")


def test_every_mistake_of_a_command_is_told_at_once() -> None:
    words = ["backtest", "--start", "May", "--months", "0", "--seed", "-1"]
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 2
    for flag in ("--start", "--months", "--seed"):
        assert f"'{flag}'" in told.output
    alone = CliRunner().invoke(app, ["queue", "migrate", "--nonsense"])
    assert alone.exit_code == 2


def test_it_says_its_version_beside_modules_of_a_users_own(tmp_path: Path) -> None:
    for name in ("models.py", "train.py", "data.py", "features.py", "serve.py"):
        (tmp_path / name).write_text("raise SystemExit('a module of the user')")
    words = [*COMMAND, "--version"]
    told = subprocess.run(words, capture_output=True, encoding="utf-8", cwd=tmp_path, check=True)
    assert told.stdout == f"originrisk {version('originrisk')}\n"


def test_help_loads_no_library_that_only_work_needs(tmp_path: Path) -> None:
    code = "import sys; from originrisk.cli import main; sys.argv[1:] = ['--help']\n"
    code += "try: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    words = [sys.executable, "-c", code]
    helped = subprocess.run(words, capture_output=True, encoding="utf-8", cwd=tmp_path, check=True)
    assert {"world", "ingest", "train", "score"} <= set(helped.stdout.split())
    loaded = {name.partition(".")[0] for name in helped.stderr.split()}
    assert not loaded & {"numpy", "pandas", "pyarrow", "lightgbm", "sklearn", "mlflow", "deltalake", "starlette"}


@pytest.mark.parametrize("words", [("no-such-command",), ("score", "--no-such-option"), ("score",)])
def test_words_that_do_not_fit_are_exit_code_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    refused = run(tmp_path, *words)
    assert refused.returncode == 2
    assert refused.stderr
    assert "Traceback" not in refused.stderr


def test_scoring_without_a_model_is_exit_code_4_and_says_what_to_do(tmp_path: Path) -> None:
    refused = run(tmp_path, "score", "--date", DAY)
    assert refused.returncode == 4
    assert "originrisk train" in refused.stderr
    assert refused.stdout == ""


def test_an_unknown_setting_is_exit_code_7_and_named(home: Path) -> None:
    (home / "settings.toml").write_text("capacity = 3\n")
    refused = run(home, "score", "--date", DAY)
    assert refused.returncode == 7
    assert "capacity" in refused.stderr


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("unknown-column.csv", "entry_number,line_number,entry_date,colour\n", "colour"),
        ("twice.csv", "htsus,htsus\n", "htsus"),
        ("empty.csv", "", "empty"),
        ("absent.csv", None, "absent.csv"),
        ("no-table.csv", "\x89PNG\r\n\x1a\n\0\0\0", "no-table.csv"),
        ("no-table.parquet", "PAR1", "no-table.parquet"),
    ],
)
def test_a_file_that_cannot_be_used_is_exit_code_7_and_changes_nothing(
    home: Path, tmp_path: Path, name: str, content: str | None, named: str
) -> None:
    before = Store(home).versions()
    if content is not None:
        (tmp_path / name).write_text(content, "utf-8")
    refused = run(home, "ingest", "entries", str(tmp_path / name), "--json")
    assert (refused.returncode, refused.stdout) == (7, "")
    assert named in refused.stderr
    assert Store(home).versions() == before


def test_a_wrong_mapping_key_is_exit_code_7_and_gets_a_hint(home: Path, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("[entries.colums]\n")
    pyarrow.csv.write_csv(factory.entries(5), tmp_path / "lines.csv")
    before = Store(home).versions()
    words = ("ingest", "entries", str(tmp_path / "lines.csv"), "--mapping", str(tmp_path / "own.toml"))
    refused = run(home, *words)
    assert refused.returncode == 7
    assert "colums" in refused.stderr
    assert "columns" in refused.stderr
    assert Store(home).versions() == before


def test_ctrl_c_during_ingest_is_exit_code_130_and_changes_nothing(home: Path, tmp_path: Path) -> None:
    lines = pa.concat_tables([factory.entries(400)] * 500)
    pyarrow.csv.write_csv(lines, tmp_path / "lines.csv")
    before = Store(home).versions()
    with start(home, "ingest", "entries", str(tmp_path / "lines.csv")) as process:
        while process.poll() is None and not any((home / "tmp").glob("*")):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "interrupted" in said
    assert Store(home).versions() == before


def test_a_second_writer_is_exit_code_5(home: Path) -> None:
    with Store(home).writing():
        assert run(home, "score", "--date", DAY).returncode == 5


def test_json_stands_alone_on_standard_output(home: Path) -> None:
    scored = run(home, "score", "--date", DAY, "--json")
    assert scored.returncode == 0
    assert json.loads(scored.stdout)["scored"] > 0


BROKEN = """
import sys
import originrisk.data.settings
from originrisk.cli import main
def broken(home): raise RuntimeError("the name of a maker")
originrisk.data.settings.load_settings = broken
main()
"""


def broken(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command with a defect planted in it."""
    words = [sys.executable, "-c", BROKEN, "--home", str(home), "score", "--date", DAY]
    env = {**os.environ, **environment}
    return subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_a_defect_is_exit_code_1_without_a_traceback_or_a_word_of_the_data(home: Path) -> None:
    failed = broken(home)
    assert failed.returncode == 1
    assert len(failed.stderr.splitlines()) == 1
    assert "ORIGINRISK_DEBUG" in failed.stderr
    assert "maker" not in failed.stderr


def test_a_defect_shows_its_traceback_on_request(home: Path) -> None:
    failed = broken(home, ORIGINRISK_DEBUG="1")
    assert failed.returncode == 1
    assert "Traceback" in failed.stderr


def test_a_damaged_store_is_exit_code_7_and_names_the_file(home: Path) -> None:
    damage(home)
    failed = run(home, "score", "--date", DAY)
    assert failed.returncode == 7
    assert "part-" in failed.stderr


def test_a_full_disk_is_exit_code_8_and_the_next_run_makes_up_for_it(home: Path) -> None:
    words = (*COMMAND, "--home", str(home), "score", "--date", DAY)
    full = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=little_room)
    assert (full.returncode, "no room" in full.stderr) == (8, True)
    assert "scores" not in Store(home).versions()
    assert run(home, "score", "--date", DAY).returncode == 0
    assert scores(home)


def little_room() -> None:
    """No file may grow beyond a few kilobytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000))


def test_ctrl_c_is_exit_code_130_and_leaves_whole_days_to_go_on_from(home: Path, tmp_path: Path) -> None:
    undisturbed = shutil.copytree(home, tmp_path / "undisturbed")
    with start(home, "score", *PERIOD) as process:
        while process.poll() is None and "scores" not in Store(home).versions():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in said
    assert scores(home) != scores(undisturbed)
    assert [run(folder, "score", *PERIOD).returncode for folder in (home, undisturbed)] == [0, 0]
    assert scores(home) == scores(undisturbed)


def scores(home: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = Store(home).scores(factory.START, factory.END).to_pylist()
    return rows


def damage(home: Path) -> None:
    """Cut every data file of the entries short."""
    for path in (home / "lake" / "entries").rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:100])


def test_a_name_that_the_terminal_cannot_write_is_told_all_the_same(tmp_path: Path) -> None:
    done = run(tmp_path / "home", "ingest", "entries", "新.csv", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr.split(":")[1].strip()) == (7, r"\u65b0.csv")


def test_what_a_home_holds_is_nobody_elses_to_read(tmp_path: Path) -> None:
    home, lines = tmp_path / "home", tmp_path / "lines.csv"
    lines.write_text(
        "entry_number,line_number,entry_date,manufacturer_name,country_of_origin,htsus,entered_value_usd\n"
    )
    assert run(home, "ingest", "entries", str(lines)).returncode == 0
    assert not [path for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077]


def test_a_home_that_no_table_can_have_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path / "\\slash", "ingest", "entries", "lines.csv")
    assert done.returncode == 7
    assert not list(tmp_path.iterdir())


def test_a_damaged_home_is_told_by_verify(tmp_path: Path) -> None:
    home, lines = tmp_path / "home", tmp_path / "lines.csv"
    lines.write_text(
        "entry_number,line_number,entry_date,manufacturer_name,country_of_origin,htsus,entered_value_usd\n"
    )
    assert run(home, "ingest", "entries", str(lines)).returncode == 0
    (home / "suppressions.jsonl").write_text('{"torn')
    assert (done := run(home, "verify", "--json")).returncode == 7
    assert "suppressions.jsonl: the last line is torn" in json.loads(done.stdout)["wrong"][0]
    assert (done := run(home, "verify", "--repair", "--json")).returncode == 0
    assert json.loads(done.stdout)["dropped"] == ["suppressions.jsonl: the last 6 bytes, a torn line"]

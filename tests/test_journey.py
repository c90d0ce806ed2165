"""The main job from files to ranked, explained scores, through the real command in its own processes."""

import csv
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from originrisk.data.contract import SCORES
from originrisk.data.store.tables import Store

ROOT = Path(__file__).parents[1]
CUTOFF, DAY = "2021-06-30", date(2021, 7, 1)
WORLD = ("world", "--lines", "60000", "--seed", "5", "--start", "2019-01-01", "--end", "2021-12-31")


def originrisk(home: Path, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "originrisk", "--home", home, *words, "--json"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    (folder / "settings.toml").write_text("[train]\nseeds = 1\n")
    originrisk(folder, *WORLD)
    return folder


@pytest.fixture(scope="module")
def ingested(home: Path) -> dict[str, dict[str, Any]]:
    files = {"entries": "entries", "outcomes": "outcomes.parquet", "listed": "listed.parquet"}
    return {table: originrisk(home, "ingest", table, str(home / "world" / name)) for table, name in files.items()}


@pytest.fixture(scope="module")
def trained(home: Path, ingested: dict[str, dict[str, Any]]) -> dict[str, Any]:
    assert ingested
    return originrisk(home, "train", "--cutoff", CUTOFF)


@pytest.fixture(scope="module")
def scored(home: Path, trained: dict[str, Any]) -> dict[str, Any]:
    assert trained
    return originrisk(home, "score", "--date", str(DAY), "--out", str(home / "first.csv"))


def test_every_line_of_the_world_is_accepted(ingested: dict[str, dict[str, Any]]) -> None:
    assert ingested["entries"]["read"] == ingested["entries"]["accepted"] == 60_000
    assert [counts["rejected"] for counts in ingested.values()] == [0, 0, 0]


def test_training_names_its_run_and_the_version_that_scores(trained: dict[str, Any], scored: dict[str, Any]) -> None:
    assert trained["run_id"]
    assert trained["metrics"]
    assert scored["model_version"] == trained["model_version"]


def test_every_line_of_the_day_is_scored(home: Path, scored: dict[str, Any]) -> None:
    lines = Store(home).entries(DAY, DAY, columns=["entry_number"])
    assert scored["read"] == scored["scored"] == len(lines) > 0


def test_the_exported_file_holds_the_day_in_rank_order(home: Path, scored: dict[str, Any]) -> None:
    with (home / "first.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == SCORES.names
    shown = [row for row in rows if row["selection"] != "lot"]  # the random sample tells no rank
    assert len(rows) == scored["scored"] > len(shown)
    assert [int(row["rank"]) for row in shown] == sorted(int(row["rank"]) for row in shown)
    assert not any(row["rank"] for row in rows if row["selection"] == "lot")


def test_lines_inside_capacity_carry_reasons_in_words(home: Path, scored: dict[str, Any]) -> None:
    top = Store(home).scores(DAY, DAY).slice(0, scored["inside_capacity"])["reasons"].to_pylist()
    texts = [reason["text"] for reasons in top for reason in reasons]
    assert len(texts) >= scored["inside_capacity"]
    assert not [text for text in texts if not text or "{" in text or "nan" in text]


def test_scoring_twice_gives_the_same_file_and_no_new_version(home: Path, scored: dict[str, Any]) -> None:
    before = Store(home).versions()
    again = originrisk(home, "score", "--date", str(DAY), "--out", str(home / "second.csv"))
    assert again == {**scored, "out": str(home / "second.csv")}
    assert (home / "second.csv").read_bytes() == (home / "first.csv").read_bytes()
    assert Store(home).versions() == before


def test_a_period_gives_each_day_what_its_own_night_gave(home: Path, scored: dict[str, Any]) -> None:
    night = Store(home).scores(DAY, DAY)
    originrisk(home, "score", "--from", "2021-06-28", "--to", "2021-07-04")
    assert Store(home).scores(DAY, DAY).equals(night)
    assert len(night) == scored["scored"]


@pytest.mark.slow
def test_the_same_training_makes_the_same_model_after_scores_were_published(
    home: Path, trained: dict[str, Any], scored: dict[str, Any]
) -> None:
    assert scored
    again = originrisk(home, "train", "--cutoff", CUTOFF)
    assert again["model_version"] == trained["model_version"]


def test_scoring_never_loads_mlflow(home: Path, scored: dict[str, Any]) -> None:
    assert scored
    script = (
        "import sys\nfrom originrisk.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    assert 'lightgbm' in sys.modules and 'mlflow' not in sys.modules, 'mlflow was loaded'"
    )
    words = ["--home", home, "score", "--date", str(DAY), "--json"]
    done = subprocess.run([sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr

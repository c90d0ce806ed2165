"""From a browser to the next model: findings recorded on pages, handed over, learned from by `originrisk train`."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from originrisk.data.settings import load_settings
from originrisk.data.store.tables import Store
from originrisk.serve.queue.db.database import Database, migrate
from originrisk.serve.queue.db.finding import Key, address
from tests.serve.queue import browsers
from tests.serve.queue.office import Office

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
DAY = date(2021, 7, 1)
LATER = DAY + timedelta(10)
"""Cut-off of the next training: results that stand on DAY, and the lines they are of, are known by then."""
RECORDED = 6


def originrisk(home: Path, *words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "originrisk", "--home", str(home), *words, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def examples(home: Path) -> int:
    """Examined lines that a training up to LATER learns from."""
    version = originrisk(home, "train", "--cutoff", str(LATER))["model_version"]
    return int(originrisk(home, "models")["models"][version]["examples"])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated trade, learned up to the day before, with DAY scored."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "settings.toml").write_text("[train]\nseeds = 1\n")
    originrisk(folder, "world", "--lines", "60000", "--seed", "5", "--start", "2019-01-01", "--end", "2021-12-31")
    for table, name in (("entries", "entries"), ("outcomes", "outcomes.parquet"), ("listed", "listed.parquet")):
        originrisk(folder, "ingest", table, str(folder / "world" / name))
    originrisk(folder, "train", "--cutoff", str(DAY - timedelta(1)))
    originrisk(folder, "score", "--date", str(DAY), "--out", str(folder / "scores.csv"))
    return folder


@pytest.fixture
def at(home: Path) -> Iterator[Office]:
    settings = load_settings(home)
    database = Database(settings)
    migrate(database)
    database.close()
    opened = Office(settings)
    opened.later(days=(DAY - opened.now.date()).days)
    opened.hire("ann")
    yield opened
    opened.context.database.close()


def unexamined(home: Path) -> list[Key]:
    """Lines inside capacity that nobody has examined, by place, received by LATER."""
    store = Store(home)
    examined = {(row["entry_number"], row["line_number"]) for row in store.outcomes().to_pylist()}
    received = {
        (row["entry_number"], row["line_number"])
        for row in store.entries(DAY, DAY).to_pylist()
        if (row["received_on"] or DAY) < LATER
    }
    scores = sorted((row for row in store.scores(DAY, DAY).to_pylist() if row["place"]), key=lambda row: row["place"])
    keys = [(row["entry_number"], row["line_number"]) for row in scores]
    return [key for key in keys if key in received and key not in examined]


def record(page: Page, base: str, key: Key) -> None:
    """Examined, and no Xinjiang input found."""
    page.goto(base + address(key))
    page.locator("#finding-form").get_by_label("Examine", exact=True).check()
    page.locator("#finding-result").select_option("not_xinjiang")
    page.locator("#finding-method").select_option("dna")
    page.locator("#finding-day").fill(str(DAY))
    page.locator("#finding-form button").click()
    page.get_by_text("Every version of the finding").wait_for()


def test_the_next_training_learns_from_what_officers_recorded(home: Path, at: Office) -> None:
    keys, before = unexamined(home)[:RECORDED], examples(home)
    assert len(keys) == RECORDED
    with browsers.served(at) as base, browsers.chromium() as chromium:
        page = browsers.logged_in(chromium.new_context(), base, "ann")
        for key in keys:
            record(page, base, key)
    assert originrisk(home, "queue", "outcomes")["findings"] == RECORDED
    assert examples(home) == before + RECORDED

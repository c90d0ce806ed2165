"""Power is cut at some change of a file: what was acknowledged is there, nothing is half there, and the home is whole.

`python -m pytest -m slow tests/serve/test_power_cut.py` cuts two hundred times; the quick tests cut a few.
"""

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from originrisk.data.contract import ENTRIES
from originrisk.data.ingest.run import ingest
from originrisk.data.store.tables import Store
from originrisk.models import registry
from originrisk.serve import verify
from originrisk.serve.night.run import run_night
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.context import AppContext
from originrisk.serve.queue.db import accounts, findings, outcomes
from originrisk.serve.queue.db.database import Database, migrate, revision
from originrisk.serve.queue.db.finding import Draft
from originrisk.serve.queue.db.tables import ACCOUNTS, DELIVERED
from originrisk.serve.scoring.batch import score_period
from tests.serve import factory
from tests.serve.night import nights
from tests.serve.power_cut import Cutter, cutter
from tests.serve.queue import office

CUTS: Final = {"promote": 32, "findings": 62, "ingest": 62, "score": 44, "night": 10}
SHARED: Final = Path("/dev/shm")
FOUND: Final = Draft("examine", "not_xinjiang", "dna", nights.DAY, reason="sampled")


def lines(home: Path) -> None:
    """A delivery with a record that is rejected."""
    ingest(Store(home), "entries", [home / "delivery.parquet"], "contract")


def scores(home: Path) -> None:
    """The day's scores by the new champion, in place of the old one's."""
    score_period(nights.settings_of(home), nights.DAY, nights.DAY)


def champion(home: Path) -> None:
    """The champion before takes over again."""
    registry.promote(home, (home / "before").read_text(), why="test", who="test", tables={})


def refusal(home: Path) -> None:
    """The promotion log takes down another event."""
    registry.record(home, registry.REFUSED, (home / "before").read_text(), why="worse")


def night(home: Path) -> None:
    """A whole night."""
    run_night(nights.settings_of(home), nights.DAY)


def account(home: Path) -> None:
    """The queue's first start, and its first account."""
    database = Database(office.settings(home, ""))
    migrate(database)
    database.close()
    with opened(home) as at, at.unit_of_work() as unit:
        if accounts.find(unit.connection, "ann") is None:
            accounts.create(unit.connection, "ann", "officer", "a plain word of 7 horses", unit.at)
            unit.record("command: tests", "create account", "ann", [(ACCOUNTS, "ann")])


def finding(home: Path) -> None:
    """An officer's finding."""
    with opened(home) as at, at.unit_of_work() as unit:
        row = at.store.scores(nights.DAY, nights.DAY).to_pylist()[0]
        of = findings.line(at.store, row["entry_number"], row["line_number"])
        findings.write(unit, Visitor(1, "ann", "officer", ""), of, FOUND, 0)


def outcome(home: Path) -> None:
    """It is handed over to the store."""
    with opened(home) as at:
        outcomes.deliver(at, "tests")


@contextmanager
def opened(home: Path) -> Iterator[AppContext]:
    """The queue's context, on the day after."""
    later = datetime.combine(nights.DAY, datetime.min.time(), UTC) + timedelta(1)
    at = AppContext.of(office.settings(home, ""), lambda: later)
    try:
        yield at
    finally:
        at.database.close()


Step = Callable[[Path], None]
STEPS: Final[Mapping[str, tuple[Step, ...]]] = {
    "ingest": (lines,),
    "score": (scores,),
    "promote": (champion, refusal),
    "findings": (account, finding, outcome),
    "night": (night,),
}


def state(home: Path) -> dict[str, Any]:
    """By the step that changes it, what a home holds."""
    store = Store(home)
    found: dict[str, Any] = {
        "lines": store.entries().to_pylist(),
        "lines: rejected": store.rejected().to_pylist(),
        "lines: faults": store.faults().to_pylist(),
        "scores": store.scores(date.min, date.max).to_pylist(),
        "champion": registry.champion_path(home).name,
        "refusal": registry.REFUSED in [event["event"] for event in registry.history(home)],
        "account": [],
        "finding": [],
        "outcome": [[one for one in store.outcomes().to_pylist() if one["method"] == "dna"], 0],
        "night": (home / "queue.json").exists(),
    }
    if (home / "queue" / "queue.db").exists():
        database = Database(office.settings(home, ""))
        if revision(database):
            with database.reading() as connection:
                found["account"] = [one["name"] for one in accounts.everyone(connection)]
                found["finding"] = [one.draft for one in findings.everything(connection).values()]
                found["outcome"][1] = len(connection.execute(select(DELIVERED)).all())
        database.close()
    return found


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    if not SHARED.is_dir() or shutil.which("gcc") is None:
        pytest.skip("needs gcc and a tmpfs at /dev/shm, which gives no inode's number twice")
    with TemporaryDirectory(dir=SHARED) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def template(shared: Path) -> Path:
    home = factory.home(shared / "template").home
    (home / "before").write_text(registry.champion_path(home).name)
    nights.home_of(home)
    rows = [*nights.late_lines(), {**nights.late_lines(1)[0], "entry_number": "broken"}]
    pq.write_table(pa.Table.from_pylist(rows, schema=ENTRIES.schema), home / "delivery.parquet")
    return home


@pytest.fixture(scope="module")
def cuts(shared: Path) -> Iterator[Cutter]:
    with cutter(shared) as made:
        yield made


def cut_many(cuts: Cutter, template: Path, steps: str, times: int) -> None:
    """Cut at random events; every other time some of what was not synced is there."""
    before = state(template)
    whole, done, events = cuts.run(template, steps, 0)
    undisturbed = shutil.copytree(template, template.with_name(f"undisturbed-{steps}"))
    for step in STEPS[steps]:
        step(undisturbed)
    after = state(undisturbed)
    assert state(whole) == after
    assert done == [step.__name__ for step in STEPS[steps]]
    assert events > 10
    chosen, told = random.Random(times), Counter[int]()
    for number in range(times):
        chance = random.Random(number) if number % 2 else None
        home, acknowledged, _ = cuts.run(template, steps, chosen.randrange(1, events + 1), chance)
        told[len(acknowledged)] += 1
        verify.repair(office.settings(home, ""))
        assert verify.faults(office.settings(home, ""))[1] == [], (steps, number)
        now = state(home)
        for name, value in now.items():
            outcome_of = [before[name], after[name], *([[after[name][0], 0]] if name == "outcome" else [])]
            assert value in ([after[name]] if name.partition(":")[0] in acknowledged else outcome_of), (
                steps,
                number,
                name,
            )
        if number % 10 == 0:
            for step in STEPS[steps]:
                step(home)
            assert state(home) == after, (steps, number)
    print(steps, events, "events; acknowledged steps when power was cut:", dict(sorted(told.items())))


@pytest.mark.parametrize("steps", ["ingest", "promote", "findings"])
def test_a_cut_of_power_loses_nothing_that_was_acknowledged(cuts: Cutter, template: Path, steps: str) -> None:
    cut_many(cuts, template, steps, 3)


@pytest.mark.slow
@pytest.mark.parametrize(("steps", "times"), CUTS.items())
def test_two_hundred_cuts_of_power_lose_nothing_that_was_acknowledged(
    cuts: Cutter, template: Path, steps: str, times: int
) -> None:
    cut_many(cuts, template, steps, times)

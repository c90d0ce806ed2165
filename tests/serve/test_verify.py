"""A bit that flips anywhere in a home is told by its file's name, or what is read of the home stays the same."""

import random
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from originrisk.data.contract import LINE_KEY
from originrisk.data.errors import OriginRiskError
from originrisk.data.settings import Settings
from originrisk.data.store import integrity, journal
from originrisk.data.store.journal import Decided
from originrisk.data.store.tables import Store
from originrisk.models import bundle, registry, snapshot
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve import verify
from originrisk.serve.night import record
from originrisk.serve.night.run import run_night
from originrisk.serve.online import access
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.attachments import looked_through
from originrisk.serve.queue.db import accounts, comments, findings, outcomes
from originrisk.serve.queue.db.database import Database, alias_key, migrate
from originrisk.serve.scoring import ranking
from tests.serve import factory
from tests.serve.night import nights
from tests.serve.queue import office
from tests.serve.queue.office import Office


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with all that one may hold: tables, models, histories, nights, keys, decisions, findings handed over."""
    home = nights.home(tmp_path_factory.mktemp("whole") / "home")
    settings = office.settings(home, "")
    run_night(nights.settings_of(home), nights.DAY)
    registry.record(home, registry.REFUSED, factory.champion(home, seed=2), why="worse")
    one = Decided(on=nights.DAY, verb="join", party="0" * 15 + "1", other="0" * 15 + "2", reason="one owner")
    journal.append_decision(home, one)
    row = Store(home).scores(nights.DAY, nights.DAY).to_pylist()[0]
    of_line = {name: row[name] for name in LINE_KEY}
    until = nights.DAY + timedelta(9)
    ranking.suppress(settings, ranking.Suppression(on=nights.DAY, until=until, reason="seen", by="ann", **of_line))
    access.create_key(home, "broker", ["score"], 9)
    database = Database(settings)
    migrate(database)
    database.close()
    at = Office(settings)
    found = {"result": "not_xinjiang", "method": "dna", "found_on": str(nights.DAY)}
    sent = office.write(at.at_work("ann"), tuple(of_line.values()), decision="examine", reason="papers", **found)
    assert sent.status_code == 303
    key, file = (row["entry_number"], row["line_number"]), looked_through("paper.txt", b"two samples")
    with at.context.unit_of_work() as unit:
        comments.comment(unit, Visitor(1, "ann", "officer", ""), key, home, text="it came", file=file)
    outcomes.deliver(at.context, "tests")
    alias_key(home)
    at.context.database.close()
    return home


def read(home: Path) -> dict[str, Any]:
    """All that the readers give of a home; of each that refuses, that it does."""
    settings = office.settings(home, "")
    store = Store(home)
    kept = Checkpoints(store, settings.history_start)

    def queue() -> list[Any]:
        at = Database(settings)
        try:
            with at.reading() as connection:
                return [findings.everything(connection), [one["name"] for one in accounts.everyone(connection)]]
        finally:
            at.close()

    readers: dict[str, Callable[[], Any]] = {
        **{name: getattr(store, name) for name in ("entries", "outcomes", "listed", "rejected")},
        "scores": lambda: store.scores(date.min, date.max),
        "champion": lambda: getattr(registry.champion_path(home), "name", None),
        "roles": lambda: registry.roles(home),
        "models": lambda: [bundle.load(home / "models" / one).settings for one in registry.versions(home)],
        "histories": lambda: [snapshot.load(kept.folder(day), store.pseudonym_key).day for day in sorted(kept.days())],
        "decisions": lambda: journal.read_decisions(home),
        "suppressions": lambda: ranking.suppressions(home),
        "live": lambda: record.live_day(home),
        "night": lambda: getattr(record.Manifest.read(home, nights.DAY), "content", None),
        "keys": lambda: access.read_keys(home),
        "alias": lambda: alias_key(home),
        "queue": queue,
    }
    found: dict[str, Any] = {}
    for name, reader in readers.items():
        try:
            found[name] = reader()
        except OriginRiskError as error:
            found[name] = f"refused: {error}"
    return found


@pytest.mark.parametrize("flips", [12, pytest.param(300, marks=pytest.mark.slow)])
def test_a_bit_that_flips_anywhere_is_told_by_file_or_changes_nothing(made: Path, tmp_path: Path, flips: int) -> None:
    whole, chosen, told = read(made), random.Random(flips), Counter[str]()
    assert verify.faults(office.settings(made, ""))[1] == []
    files = sorted(file.relative_to(made) for file in made.rglob("*") if file.is_file() and file.stat().st_size)
    kinds = sorted({file.parts[0] for file in files})
    home = shutil.copytree(made, tmp_path / "home")
    for _ in range(flips):
        kind = chosen.choice(kinds)
        file = chosen.choice([one for one in files if one.parts[0] == kind])
        content = bytearray((home / file).read_bytes())
        content[chosen.randrange(len(content))] ^= 1 << chosen.randrange(8)
        (home / file).write_bytes(content)
        named = [one for one in verify.faults(office.settings(home, ""))[1] if _named(file, one)]
        if not named:
            assert read(home) == whole, file
        if kind == "queue":  # opening a database writes beside it
            shutil.rmtree(home / kind)
            shutil.copytree(made / kind, home / kind)
        (home / file).write_bytes((made / file).read_bytes())
        told[f"{kind}: {'refused' if named else 'harmless'}"] += 1
    assert verify.faults(office.settings(home, ""))[1] == []
    print(dict(sorted(told.items())))


def _named(file: Path, message: str) -> bool:
    """Whether a message leads to the file: by its name, by its version or day, or to the queue's database."""
    if file.parts[0] == "queue" and file.name.startswith("queue.db"):
        return bool(message)
    leads = [file.name, file.name[:13], *([file.parts[1]] if file.parts[0] in ("history", "models") else [])]
    return any(one in message for one in leads)


def test_a_damaged_secret_is_told_among_the_rest(tmp_path: Path) -> None:
    store, manifest = Store(tmp_path), {"format": 1, "made_by": "", "day": 1, "basis": {}, "files": {}}
    (tmp_path / "history" / "2021-01-01").mkdir(parents=True)
    integrity.write_sealed(tmp_path / "history" / "2021-01-01" / "manifest.json", manifest)
    assert store.pseudonym_key
    (tmp_path / "pseudonym.key").write_bytes(bytes(40))
    (tmp_path / "suppressions.jsonl").write_text('{"torn')
    wrong = verify.faults(Settings(home=tmp_path))[1]
    assert sum("pseudonym.key" in one for one in wrong) == 2
    assert any("suppressions" in one for one in wrong)

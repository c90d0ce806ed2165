"""What of a home is damaged (tables, journals, models, histories, the officers' audit), and what can be dropped."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from originrisk.data.errors import BadInputError, OriginRiskError
from originrisk.data.settings import Settings
from originrisk.data.store import integrity, journal, lake
from originrisk.data.store.tables import Store
from originrisk.models import bundle, registry, snapshot
from originrisk.serve.queue.context import AppContext
from originrisk.serve.queue.db import audit

JOURNALS: Final = (
    "parties.jsonl",
    "models/promotions.jsonl",
    "suppressions.jsonl",
    "queue/audit-seals.jsonl",
)


def repair(settings: Settings) -> list[str]:
    """Drop what was torn while it was written, of which nobody was told that it was done; what was dropped, in words.

    Raises AlreadyRunningError where another run writes to the store.
    """
    dropped: list[str] = []
    with Store(settings.home).writing():
        for table in _tables(settings.home):
            for entry in integrity.torn(table):
                (table / integrity.LOG / entry).rename(table / f".{entry}.torn")
                dropped.append(f"store: {table.name}: the torn entry {entry} of the log")
        for path in (settings.home / name for name in JOURNALS):
            if path.exists() and (rest := path.stat().st_size - journal.whole_lines(path)):
                with path.open("r+b") as file:
                    file.truncate(journal.whole_lines(path))
                dropped.append(f"{path.name}: the last {rest} bytes, a torn line")
    return dropped


def faults(settings: Settings) -> tuple[dict[str, int], list[str]]:
    """How many things of each kind were checked, and everything that is wrong with them."""
    home, checked, wrong = settings.home, dict[str, int](), list[str]()
    for kind, checks in _checks(settings, home).items():
        checked[kind] = 0
        for check in checks:
            checked[kind] += 1
            try:
                check()
            except OriginRiskError as error:
                wrong += map(str, error.problems)
            except Exception as error:
                wrong.append(f"{kind}: cannot be read ({type(error).__name__})")
    for path in (home / name for name in JOURNALS):
        if path.exists() and path.stat().st_size > journal.whole_lines(path):
            wrong.append(f"{path.name}: the last line is torn; `originrisk verify --repair` drops it")
    return checked, wrong


def _checks(settings: Settings, home: Path) -> dict[str, Iterator[Callable[[], Any]]]:
    return {
        "tables": (lambda table=table: lake.files(table) for table in _tables(home)),  # type: ignore[misc]
        "models": (
            lambda version=version: bundle.check_files(home / "models" / version)  # type: ignore[misc]
            for version in registry.versions(home)
        ),
        "histories": (
            lambda folder=folder: snapshot.check(folder)  # type: ignore[misc]
            for folder in sorted((home / "history").glob("*/"))
            if (folder / snapshot.MANIFEST).exists()
        ),
        "promotions": iter([lambda: list(registry.history(home))]),
        "audit": (lambda: _audit(settings) for _ in home.glob("queue/queue.db")),
    }


def _audit(settings: Settings) -> None:
    context = AppContext.of(settings)
    try:
        if problems := audit.verify(context.database, settings.home).problems:
            raise BadInputError(problems)
    finally:
        context.database.close()


def _tables(home: Path) -> list[Path]:
    return sorted(log.parent for log in (home / "lake").glob(f"*/{integrity.LOG}"))

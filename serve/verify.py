"""What of a home is damaged (tables, journals, models, histories, the officers' audit), and what can be dropped."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from originrisk.data.errors import BadInputError, OriginRiskError, Problem
from originrisk.data.settings import Settings
from originrisk.data.store import integrity, journal, lake
from originrisk.data.store.tables import Store
from originrisk.models import bundle, registry, snapshot
from originrisk.serve.online.access import read_keys
from originrisk.serve.queue.context import AppContext
from originrisk.serve.queue.db import audit
from originrisk.serve.queue.db.database import Database, revision
from originrisk.serve.scoring.ranking import suppressions

JOURNALS: Final[dict[str, Callable[[Path], Any]]] = {
    "parties.jsonl": journal.read_decisions,
    "models/promotions.jsonl": registry.history,
    "suppressions.jsonl": suppressions,
    "queue/audit-seals.jsonl": lambda home: journal.lines(home / "queue/audit-seals.jsonl"),
}
"""Files that grow by the line, and what reads each of them whole."""


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
    """How many things of each kind were checked, and everything that is wrong with them, by file."""
    checked, wrong = Counter[str](), list[str]()
    for kind, name, check in _checks(settings, settings.home):
        checked[kind] += 1
        try:
            check()
        except OriginRiskError as error:
            told = [str(problem) for problem in error.problems]
            # a bundle's own messages name its file, not which of the models it is
            wrong += [f"{name}: {text}" for text in told] if kind == "models" else told
        except Exception as error:
            wrong.append(f"{name}: cannot be read ({type(error).__name__})")
    for path in (settings.home / name for name in JOURNALS):
        with suppress(BadInputError):  # an end that was changed is told above
            if path.exists() and path.stat().st_size > journal.whole_lines(path):
                wrong.append(f"{path.name}: the last line is torn; `originrisk verify --repair` drops it")
    return dict(checked), wrong


def _checks(settings: Settings, home: Path) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    """Each thing to check: its kind, its name, and what raises where it is damaged."""
    for table in _tables(home):
        yield "tables", f"store: {table.name}", partial(lake.files, table)
    for version in registry.versions(home):
        yield "models", f"model {version}", partial(_model, home, version)
    if (home / "models" / "champion").exists():
        yield "models", "models/champion", partial(registry.champion_path, home)
    for manifest in sorted((home / "history").glob(f"*/{snapshot.MANIFEST}")):
        yield "histories", f"history {manifest.parent.name}", partial(_history, home, manifest.parent)
    for name, reader in JOURNALS.items():
        yield "journals", name, partial(reader, home)
    for file in (home / "queue.json", *sorted((home / "nights").glob("*/manifest.json"))):
        if file.exists():
            yield "nights", f"{file.parent.name}/{file.name}", partial(integrity.read_sealed, file)
    for name in ("pseudonym.key", "queue/alias.key"):
        if (home / name).exists():
            yield "secrets", name, partial(journal.secret, home / name)
    if (home / "keys" / "keys.json").exists():
        yield "secrets", "keys/keys.json", partial(read_keys, home)
    if settings.queue.database.get_secret_value() or (home / "queue" / "queue.db").exists():
        yield "audit", "queue/queue.db", partial(_audit, settings)
    handed, attached = (home / "queue").glob("outcomes/*.csv"), (home / "queue").glob("attachments/[!.]*")
    for file in sorted((*handed, *attached)):
        kind = file.parent.name
        yield kind, f"queue/{kind}/{file.name}", partial(_named_by_content, file)


def _model(home: Path, version: str) -> None:
    bundle.check_files(home / "models" / version)
    registry.kept_path(home, version)


def _history(home: Path, folder: Path) -> None:
    snapshot.check(folder, Store(home).pseudonym_key if (home / "pseudonym.key").exists() else b"")


def _named_by_content(file: Path) -> None:
    if not integrity.digest_of(file).startswith(file.stem):
        name = f"queue/{file.parent.name}/{file.name}"
        raise BadInputError(Problem(name, "what was handed over", "other content"))


def _audit(settings: Settings) -> None:
    database = Database(settings)
    try:
        if revision(database) is None:
            return  # nothing was ever done in it
    finally:
        database.close()
    context = AppContext.of(settings)
    try:
        with context.database.reading() as connection:
            if connection.dialect.name == "sqlite":
                found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
                if found != ["ok"]:
                    raise BadInputError(Problem("queue/queue.db", "a sound database", f"{len(found)} faults"))
        if problems := audit.verify(context.database, settings.home).problems:
            raise BadInputError(problems)
    finally:
        context.database.close()


def _tables(home: Path) -> list[Path]:
    return sorted(log.parent for log in (home / "lake").glob(f"*/{integrity.LOG}"))

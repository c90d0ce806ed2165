"""The inbox: files that arrived for a night. Fixed when it starts; what arrives later waits for the next one."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from originrisk.data.contract import ENTRIES, LISTED, OUTCOMES
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest.discover import discover
from originrisk.data.ingest.run import ingest
from originrisk.data.store.tables import Store

TABLES: Final = (ENTRIES.name, OUTCOMES.name, LISTED.name)

File = dict[str, Any]


def arrived(home: Path) -> list[File]:
    """Files under inbox/TABLE: their path below the inbox, size and time of change.

    Names that start with a dot are still being written. Raises BadInputError for folders that are no table's.
    """
    inbox = home / "inbox"
    folders = sorted(path for path in inbox.glob("*") if not path.name.startswith("."))
    strange = [path for path in folders if path.name not in TABLES or not path.is_dir()]
    if strange:
        expected = f"folders {', '.join(TABLES)}"
        raise BadInputError([Problem(f"inbox/{path.name}", expected, "something else") for path in strange])
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if _ready(path, inbox)]
    return [{"path": path.relative_to(inbox).as_posix(), **_stat(path)} for path in files]


def take_in(store: Store, files: Sequence[File], mapping: str) -> dict[str, Any]:
    """Ingest the files, each table's as one delivery; doing it again changes nothing. Returns the counts by table."""
    counts: dict[str, Any] = {}
    for table in TABLES:
        paths = [
            store.home / "inbox" / file["path"] for file in files if file["path"].startswith(f"{table}/")
        ]
        if paths:
            found = ingest(store, table, [source.path for source in discover(paths)], mapping).counts
            counts[table] = {
                "read": found.read,
                "accepted": found.accepted,
                "rejected": found.rejected,
                "repaired": found.repaired,
            }
    return counts


def put_away(home: Path, files: Sequence[File], folder: Path) -> None:
    """Move files that were taken in to the night's own folder; one that was changed since stays for the next."""
    for file in files:
        path = home / "inbox" / file["path"]
        if path.is_file() and _stat(path) == {name: file[name] for name in ("bytes", "changed")}:
            target = folder / "taken" / file["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)


def _ready(path: Path, inbox: Path) -> bool:
    parts = path.relative_to(inbox).parts
    return path.is_file() and not any(part.startswith((".", "~")) for part in parts)


def _stat(path: Path) -> dict[str, int]:
    stat = path.stat()
    return {"bytes": stat.st_size, "changed": stat.st_mtime_ns}

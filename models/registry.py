"""Which model is in charge: the bundles under `home/models`, the champion's pointer and the promotion log.

Plain files, so that scoring needs no tracking server; the tracking side mirrors the same names as aliases.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.errors import ModelRefusedError, Problem


def bundle_path(home: Path, version: str) -> Path:
    """Folder of a version's bundle, whether it exists or not."""
    return home / "models" / version


def champion_version(home: Path) -> str | None:
    """Version in charge, or None before the first promotion."""
    pointer = home / "models" / "champion"
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else None


def champion_path(home: Path) -> Path:
    """Folder of the champion's bundle. Raises ModelRefusedError when there is none."""
    version = champion_version(home)
    if version is None:
        step = "Train one: originrisk train."
        raise ModelRefusedError(Problem("models", "a champion", "no model promoted yet", step))
    return bundle_path(home, version)


def versions(home: Path) -> tuple[str, ...]:
    """Every version kept, oldest bundle first."""
    manifests = sorted((home / "models").glob("*/manifest.json"), key=lambda path: path.stat().st_mtime_ns)
    return tuple(path.parent.name for path in manifests)


def promote(home: Path, version: str, *, why: str, who: str, tables: dict[str, int]) -> None:
    """Put a version in charge: the log first, then the pointer in one atomic step."""
    if not bundle_path(home, version).is_dir():
        raise ModelRefusedError(Problem(f"model {version}", "a version under models/", "none of that name"))
    record(home, "promoted", version, why=why, who=who, tables=tables, before=champion_version(home))
    staged = home / "models" / f"champion.{os.getpid()}"
    staged.write_text(version + "\n", encoding="utf-8")
    staged.replace(home / "models" / "champion")


def record(home: Path, event: str, version: str, **facts: Any) -> None:
    """Append one event (promoted, refused, rolled back) to the promotion log; nothing is ever rewritten."""
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "event": event,
        "version": version,
        **facts,
    }
    with (home / "models" / "promotions.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line, sort_keys=True) + "\n")
        log.flush()
        os.fsync(log.fileno())


def history(home: Path) -> Iterator[dict[str, Any]]:
    """The promotion log, oldest event first."""
    log = home / "models" / "promotions.jsonl"
    if log.is_file():
        yield from map(json.loads, log.read_text(encoding="utf-8").splitlines())

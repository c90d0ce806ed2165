"""Which model is in charge: the bundles under `home/models`, the champion's pointer and the promotion log.

Plain files, so that scoring needs no tracking server; the tracking side mirrors the same names as aliases.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from originrisk.data.errors import ModelRefusedError, Problem
from originrisk.data.store import journal

Role = Literal["champion", "challenger", "former champion", "refused", "kept"]

PROMOTED: Final = "promoted"
ROLLED_BACK: Final = "rolled back"
REFUSED: Final = "refused"
ENTERED: Final = "entered as challenger"
PAST: Final[dict[str, Role]] = {
    PROMOTED: "former champion",
    ROLLED_BACK: "former champion",
    REFUSED: "refused",
}


def bundle_path(home: Path, version: str) -> Path:
    """Folder of a version's bundle, whether it exists or not."""
    return home / "models" / version


def kept_path(home: Path, version: str) -> Path:
    """Folder of a kept version. Raises ModelRefusedError when there is none of that name."""
    if version not in versions(home):
        step = "originrisk models lists the versions."
        raise ModelRefusedError(
            Problem(f"model {version}", "a version under models/", "none of that name", step)
        )
    return bundle_path(home, version)


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


def challenger_version(home: Path) -> str | None:
    """The version entered last, unless it was promoted or refused since."""
    entered = [event for event in history(home) if event["event"] == ENTERED][-1:]
    version: str | None = entered[0]["version"] if entered else None
    return version if version is not None and _last_events(home)[version] == ENTERED else None


def roles(home: Path) -> dict[str, Role]:
    """Every version kept, oldest first, and what it is by the log."""
    last = _last_events(home)
    found = {version: PAST.get(last.get(version, ""), "kept") for version in versions(home)}
    told: dict[str | None, Role] = {
        challenger_version(home): "challenger",
        champion_version(home): "champion",
    }
    return {version: told.get(version, role) for version, role in found.items()}


def promote(
    home: Path,
    version: str,
    *,
    why: str,
    who: str,
    tables: dict[str, int],
    event: str = PROMOTED,
    **facts: Any,
) -> None:
    """Put a version in charge: the log first, then the pointer in one atomic step."""
    kept_path(home, version)
    before = champion_version(home)
    record(home, event, version, why=why, who=who, tables=tables, before=before, **facts)
    staged = home / "models" / f"champion.{os.getpid()}"
    staged.write_text(version + "\n", encoding="utf-8")
    staged.replace(home / "models" / "champion")


def predecessor(home: Path) -> str:
    """The champion before the present one. Raises ModelRefusedError where the log knows none."""
    reign: list[str] = []
    for event in history(home):
        if event["event"] == ROLLED_BACK:
            reign.pop()
        elif event["event"] == PROMOTED and reign[-1:] != [event["version"]]:
            reign.append(event["version"])
    if len(reign) < 2:
        raise ModelRefusedError(Problem("models", "a champion before this one", "none in the promotion log"))
    return reign[-2]


def record(home: Path, event: str, version: str, **facts: Any) -> None:
    """Append one event (entered, promoted, refused, rolled back) to the promotion log; nothing is ever rewritten."""
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "event": event,
        "version": version,
        **facts,
    }
    journal.append_line(home / "models" / "promotions.jsonl", json.dumps(line, sort_keys=True))


def history(home: Path) -> Iterator[dict[str, Any]]:
    """The promotion log, oldest event first."""
    yield from map(json.loads, journal.lines(home / "models" / "promotions.jsonl"))


def _last_events(home: Path) -> dict[str, str]:
    return {event["version"]: event["event"] for event in history(home)}

"""Which model is in charge: the bundles under `home/models`, the champion's pointer and the promotion log.

Plain files, so that scoring needs no tracking server; the tracking side mirrors the same names as aliases.
"""

import hashlib
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock

from originrisk.data.errors import BadInputError, ModelRefusedError, Problem
from originrisk.data.store import journal
from originrisk.data.store.integrity import digest_of

Role = Literal["champion", "challenger", "former champion", "refused", "kept"]

PROMOTED: Final = "promoted"
ROLLED_BACK: Final = "rolled back"
REFUSED: Final = "refused"
ENTERED: Final = "entered as challenger"
IN_CHARGE: Final = (PROMOTED, ROLLED_BACK)
VERSION: Final = r"[0-9a-f]{12}"
PAST: Final[dict[str, Role]] = {PROMOTED: "former champion", ROLLED_BACK: "former champion", REFUSED: "refused"}


def bundle_path(home: Path, version: str) -> Path:
    """Folder of a version's bundle, whether it exists or not."""
    return home / "models" / version


def kept_path(home: Path, version: str) -> Path:
    """Folder of a kept version whose content is that of its name. Raises ModelRefusedError when there is none."""
    if version not in versions(home):
        step = "originrisk models lists the versions."
        raise ModelRefusedError(Problem(f"model {version}", "a version under models/", "none of that name", step))
    if not (digest := digest_of(bundle_path(home, version) / "manifest.json")).startswith(version):
        step = "Its files were rewritten: restore them, or train anew."
        raise ModelRefusedError(Problem(f"model {version}", "the content of that version", digest[:12], step))
    return bundle_path(home, version)


def resolve(home: Path, name: str) -> str:
    """The kept version that is meant: `champion`, `challenger`, a version or its unambiguous beginning.

    Raises ModelRefusedError where none is, or several are.
    """
    in_role = {"champion": champion_version, "challenger": challenger_version}
    meant = [version for version in versions(home) if name and version.startswith(name)]
    if name in in_role:
        meant = [version for version in (in_role[name](home),) if version is not None]
    if len(meant) != 1:
        expected = "a version, its beginning, champion or challenger"
        found = " and ".join(meant) or "none of that name"
        raise ModelRefusedError(Problem(f"model {name}", expected, found, "originrisk models lists the versions."))
    return meant[0]


def champion_version(home: Path) -> str | None:
    """Version in charge, or None before the first promotion. Raises ModelRefusedError for any other pointer."""
    version = _pointer(home)
    if version is not None and not re.fullmatch(VERSION, version):
        step = "originrisk promote --override puts a kept version in charge."
        found = repr(version[:40])
        raise ModelRefusedError(Problem("models/champion", "a version as originrisk models lists it", found, step))
    return version


def champion_path(home: Path) -> Path:
    """Folder of the champion's bundle: the content that the promotion log put in charge.

    Raises ModelRefusedError when there is no champion, or the log does not know its content.
    """
    version = champion_version(home)
    if version is None:
        step = "Train one: originrisk train."
        raise ModelRefusedError(Problem("models", "a champion", "no model promoted yet", step))
    path = kept_path(home, version)
    digest = digest_of(path / "manifest.json")
    promoted = [e for e in history(home) if e["event"] in IN_CHARGE and e["version"] == version]
    if not promoted or promoted[-1].get("digest", digest) != digest:
        step = f"originrisk promote {version} lets it take over by the gate."
        raise ModelRefusedError(
            Problem("models/champion", "a version and content that the promotion log put in charge", version, step)
        )
    return path


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
    told: dict[str | None, Role] = {challenger_version(home): "challenger", champion_version(home): "champion"}
    return {version: told.get(version, role) for version, role in found.items()}


def promote(
    home: Path, version: str, *, why: str, who: str, tables: dict[str, int], event: str = PROMOTED, **facts: Any
) -> None:
    """Put a version in charge: the log first, then the pointer in one atomic step."""
    kept_path(home, version)
    before = _pointer(home)
    record(home, event, version, why=why, who=who, tables=tables, before=before, **facts)
    staged = home / "models" / f"champion.{os.getpid()}"
    staged.write_text(version + "\n", encoding="utf-8")
    journal.sync(staged)
    staged.replace(home / "models" / "champion")
    journal.sync(home / "models")


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
    """Append one event (entered, promoted, refused, rolled back) to the promotion log: a whole line or nothing.

    Each event names the digest of the model's content and that of the line before it, so nothing is rewritten unseen.
    """
    log = home / "models" / "promotions.jsonl"
    with FileLock(log.with_suffix(".lock")):
        lines = _lines(home)
        event_line = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "event": event,
            "version": version,
            "digest": digest_of(bundle_path(home, version) / "manifest.json"),
            "previous": _chained(lines[-1]) if lines else "",
            **facts,
        }
        journal.append_line(log, json.dumps(event_line, sort_keys=True))


def history(home: Path) -> list[dict[str, Any]]:
    """The promotion log, oldest event first. Raises ModelRefusedError where a line was changed or taken out."""
    events: list[dict[str, Any]] = []
    allowed: tuple[str | None, ...] = (None, "")  # logs of before the chain begin without
    for number, line in enumerate(_lines(home), 1):
        try:
            event = dict(json.loads(line))
        except (ValueError, TypeError):
            event = {"previous": "unreadable"}
        if event.get("previous") not in allowed:
            step = "Restore the file from a copy; the models themselves are not touched."
            where = f"models/promotions.jsonl, line {number}"
            raise ModelRefusedError(Problem(where, "the line that was written", "another", step))
        allowed = (_chained(line),) if "previous" in event else (None, _chained(line))
        events.append(event)
    return events


def _lines(home: Path) -> list[str]:
    try:
        return journal.lines(home / "models" / "promotions.jsonl")
    except BadInputError as error:
        raise ModelRefusedError(error.problems) from error


def _pointer(home: Path) -> str | None:
    pointer = home / "models" / "champion"
    return pointer.read_text(encoding="utf-8", errors="replace").strip() if pointer.is_file() else None


def _chained(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _last_events(home: Path) -> dict[str, str]:
    return {event["version"]: event["event"] for event in history(home)}

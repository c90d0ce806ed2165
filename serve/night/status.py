"""What an operator asks first: how the last nights went, which day is live, which model is in charge."""

from datetime import date
from pathlib import Path
from typing import Any

from originrisk.models.registry import champion_version
from originrisk.serve.night import live
from originrisk.serve.night.manifest import NAME, Manifest

SHOWN = 14


def status(home: Path) -> dict[str, Any]:
    """Live day, champion, files that wait in the inbox, and the last nights, latest first."""
    shown = live.day(home)
    waiting = [path for path in (home / "inbox").rglob("*") if path.is_file() and path.name[0] != "."]
    return {
        "live": str(shown) if shown else None,
        "champion": champion_version(home),
        "waiting": len(waiting),
        "nights": [_row(Manifest.read(home, day)) for day in _days(home)[:SHOWN]],
    }


def _days(home: Path) -> list[date]:
    records = (home / "nights").glob(f"????-??-??/{NAME}")
    return sorted((date.fromisoformat(path.parent.name) for path in records), reverse=True)


def _row(manifest: Manifest | None) -> dict[str, Any]:
    assert manifest is not None
    content = manifest.content
    ended = content.get("ended") or {"outcome": "unfinished", "exit_code": None, "why": []}
    return {
        "date": content["date"],
        "live": content["live"],
        "outcome": ended["outcome"],
        "exit_code": ended["exit_code"],
        "lines": content["steps"].get("publish", {}).get("lines"),
        "seconds": round(sum(figures["seconds"] for figures in content["steps"].values()), 1),
        "why": ended["why"],
    }

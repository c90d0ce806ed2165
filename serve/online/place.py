"""The place where the service writes; nothing of weight is loaded to know it."""

from pathlib import Path


def folder(home: Path) -> Path:
    """Where the service writes: its audit record, its rates, its measures."""
    return home / "service"

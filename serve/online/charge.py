"""What is in charge: the champion, the latest history and the lists, loaded aside and taken over whole."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from originrisk.data.errors import ModelRefusedError, Problem
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.history.state import History
from originrisk.features.lists import Listings
from originrisk.models import bundle, snapshot
from originrisk.models.bundle import Bundle
from originrisk.models.checkpoints import Checkpoints
from originrisk.models.registry import bundle_path, champion_path, champion_version

VERSION: Final = 12
"""Hexadecimal digits of a digest that name a version."""


@dataclass(frozen=True, slots=True)
class Past:
    """A history after the close of `day`, shared with other readers; `version` is derived from its content."""

    history: History
    day: date
    version: str


@dataclass(frozen=True, slots=True)
class Lists:
    """The parties under an order, and the version of the store's table of them; 0 is the first."""

    listings: Listings
    version: int | None


@dataclass(frozen=True, slots=True)
class Charge:
    """The model, the history and the lists that answer together."""

    bundle: Bundle
    past: Past
    lists: Lists

    @property
    def versions(self) -> dict[str, str | int | None]:
        """What an answer says of where it comes from."""
        return {
            "model_version": self.bundle.version,
            "history_date": str(self.past.day),
            "history_version": self.past.version,
            "lists_version": self.lists.version,
        }


def model_pointer(settings: Settings) -> Any:
    """Something that changes when another model is put in charge; None where there is none."""
    version = champion_version(settings.home)
    return version and (version, _stamp(bundle_path(settings.home, version) / "manifest.json"))


def history_pointer(settings: Settings) -> Any:
    """Something that changes when another history is the latest; None where there is none."""
    folder = latest(settings)
    return folder and (folder.name, _stamp(folder / snapshot.MANIFEST))


def lists_pointer(settings: Settings) -> Any:
    """Something that changes when the store's lists do."""
    log = settings.home / "lake" / "listed" / "_delta_log"
    return "lists", max((path.name for path in log.glob("*.json")), default="")


def load_model(settings: Settings) -> Bundle:
    """The champion. Raises ModelRefusedError where it is unsound."""
    return bundle.load(champion_path(settings.home))


def load_history(settings: Settings) -> Past:
    """The latest history, mapped into memory. Raises ModelRefusedError where it is unsound."""
    folder = latest(settings)
    if folder is None:
        step = "Score a day: originrisk score."
        raise ModelRefusedError(Problem("history", "a saved history", "none", step))
    version = hashlib.sha256((folder / snapshot.MANIFEST).read_bytes()).hexdigest()[:VERSION]
    return Past(snapshot.load(folder), date.fromisoformat(folder.name), version)


def load_lists(settings: Settings) -> Lists:
    """The lists that a night would see."""
    store = Store(settings.home, settings.memory_limit_gb)
    return Lists(Listings.known(store.listed()), store.versions().get("listed"))


def latest(settings: Settings) -> Path | None:
    """Folder of the latest saved history."""
    checkpoints = Checkpoints(Store(settings.home), settings.history_start)
    days = checkpoints.days()
    return checkpoints.folder(max(days)) if days else None


def _stamp(path: Path) -> tuple[int, int] | None:
    """Identity of a file: it changes whenever the file is put in place anew."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns

"""The active artifacts: champion, latest history and lists. What is new is loaded aside and tried before it answers."""

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
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
from originrisk.serve.online.middleware import REFUSED, SWAPS
from originrisk.serve.online.problems import NOT_READY, later

log = logging.getLogger("originrisk.online")

VERSION: Final = 12
"""Hexadecimal digits of a digest that name a version."""


@dataclass(frozen=True, slots=True)
class ActiveHistory:
    """A history after the close of `day`, shared with other readers; `version` is derived from its content."""

    history: History
    day: date
    version: str


@dataclass(frozen=True, slots=True)
class ActiveLists:
    """The parties under an order, and the version of the store's table of them; 0 is the first."""

    listings: Listings
    version: int | None


@dataclass(frozen=True, slots=True)
class ActiveArtifacts:
    """The model, the history and the lists that answer together."""

    bundle: Bundle
    past: ActiveHistory
    lists: ActiveLists

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
    """Something that changes when another champion is promoted; None where there is none."""
    version = champion_version(settings.home)
    return version and (version, _stamp(bundle_path(settings.home, version) / "manifest.json"))


def history_pointer(settings: Settings) -> Any:
    """Something that changes when another history is the latest; None where there is none."""
    folder = latest_history(settings)
    return folder and (folder.name, _stamp(folder / snapshot.MANIFEST))


def lists_pointer(settings: Settings) -> Any:
    """Something that changes when the store's lists do."""
    log = settings.home / "lake" / "listed" / "_delta_log"
    return "lists", max((path.name for path in log.glob("*.json")), default="")


def load_model(settings: Settings) -> Bundle:
    """The champion. Raises ModelRefusedError where it is unsound."""
    return bundle.load(champion_path(settings.home))


def load_history(settings: Settings) -> ActiveHistory:
    """The latest history, mapped into memory. Raises ModelRefusedError where it is unsound."""
    folder = latest_history(settings)
    if folder is None:
        step = "Score a day: originrisk score."
        raise ModelRefusedError(Problem("history", "a saved history", "none", step))
    version = hashlib.sha256((folder / snapshot.MANIFEST).read_bytes()).hexdigest()[:VERSION]
    history = snapshot.load(folder, Store(settings.home).pseudonym_key)
    return ActiveHistory(history, date.fromisoformat(folder.name), version)


def load_lists(settings: Settings) -> ActiveLists:
    """The lists that a night would see."""
    store = Store(settings.home, settings.memory_limit_gb)
    return ActiveLists(Listings.known(store.listed()), store.versions().get("listed"))


def latest_history(settings: Settings) -> Path | None:
    """Folder of the latest saved history."""
    checkpoints = Checkpoints.of(Store(settings.home), settings)
    days = checkpoints.days()
    return checkpoints.folder(max(days)) if days else None


def _stamp(path: Path) -> tuple[int, int] | None:
    """Identity of a file: it changes whenever the file is put in place anew."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


@dataclass(slots=True)
class WatchedArtifact:
    """A thing of which the latest sound one is kept: `tried` is the pointer last looked at."""

    name: str
    pointer: Callable[[Settings], Any]
    load: Callable[[Settings], Any]
    held: Any = None
    tried: Any = None

    def renew(self, settings: Settings) -> bool:
        """Load what the pointer names, if it is new; what is unsound is refused and the old one is kept."""
        pointer = self.pointer(settings)
        if pointer is None or pointer == self.tried:
            return False
        try:
            self.held = self.load(settings)
        except ModelRefusedError as error:
            self.tried = pointer
            log.error("refused", extra={"facts": {"what": self.name, "why": str(error)}})
            REFUSED.labels(self.name).inc()
            return False
        except OSError as error:  # it was replaced while it was read: the next look finds it whole
            log.warning("unreadable", extra={"facts": {"what": self.name, "why": error.strerror}})
            return False
        self.tried = pointer
        return True


@dataclass(slots=True)
class ArtifactWatch:
    """Keeps the active artifacts current in a thread of its own; readers take `current()` once for each request."""

    settings: Settings
    trial: Callable[[ActiveArtifacts], object]
    model: WatchedArtifact = field(default_factory=lambda: WatchedArtifact("model", model_pointer, load_model))
    history: WatchedArtifact = field(default_factory=lambda: WatchedArtifact("history", history_pointer, load_history))
    lists: WatchedArtifact = field(default_factory=lambda: WatchedArtifact("lists", lists_pointer, load_lists))
    _active: ActiveArtifacts | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def current(self) -> ActiveArtifacts:
        """Model and history in charge. Raises RefusedError (503) where one is missing."""
        if self._active is None:
            problem = Problem("service", "a model and a history in charge", "none yet")
            raise later(NOT_READY, self.settings.service.watch_seconds, problem)
        return self._active

    def look(self) -> None:
        """One look at the pointers; what is new answers once it has been tried."""
        parts = (self.model, self.history, self.lists)
        renewed = [part.renew(self.settings) for part in parts]
        if any(renewed) and all(part.held for part in parts):
            fresh = ActiveArtifacts(*(part.held for part in parts))
            self.trial(fresh)
            self._active = fresh
            SWAPS.inc()
            log.info("in charge", extra={"facts": fresh.versions})

    def start(self) -> None:
        """Look now, and then every `watch_seconds`, aside."""
        self._look_whatever_happens()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self.settings.service.watch_seconds):
            self._look_whatever_happens()

    def _look_whatever_happens(self) -> None:
        """A look after which the old pair serves on, whatever the new one does wrong."""
        try:
            self.look()
        except Exception as error:
            log.error("failed", extra={"facts": {"what": "swap", "kind": type(error).__name__}})

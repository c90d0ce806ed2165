"""The watch over the pointers: what is put in charge is loaded aside, tried, and only then answers."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from originrisk.data.errors import ModelRefusedError, Problem
from originrisk.data.settings import Settings
from originrisk.serve.online import charge
from originrisk.serve.online.charge import Charge
from originrisk.serve.online.metrics import REFUSED, SWAPS
from originrisk.serve.online.problems import NOT_READY, later

log = logging.getLogger("originrisk.online")


@dataclass(slots=True)
class Watched:
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
class Watch:
    """Keeps the charge current in a thread of its own; readers take `current()` once for each request."""

    settings: Settings
    trial: Callable[[Charge], object]
    model: Watched = field(default_factory=lambda: Watched("model", charge.model_pointer, charge.load_model))
    history: Watched = field(
        default_factory=lambda: Watched("history", charge.history_pointer, charge.load_history)
    )
    lists: Watched = field(default_factory=lambda: Watched("lists", charge.lists_pointer, charge.load_lists))
    _charge: Charge | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def current(self) -> Charge:
        """Model and history in charge. Raises RefusedError (503) where one is missing."""
        if self._charge is None:
            problem = Problem("service", "a model and a history in charge", "none yet")
            raise later(NOT_READY, self.settings.service.watch_seconds, problem)
        return self._charge

    def look(self) -> None:
        """One look at the pointers; what is new answers once it has been tried."""
        parts = (self.model, self.history, self.lists)
        renewed = [part.renew(self.settings) for part in parts]
        if any(renewed) and all(part.held for part in parts):
            fresh = Charge(*(part.held for part in parts))
            self.trial(fresh)
            self._charge = fresh
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

"""Things that are dear to make, made ready beside those who read: these get the one before, and are told so."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import monotonic
from typing import Final, Generic, TypeVar

log = logging.getLogger("originrisk.queue")

EVERY: Final = 1.0
AFTER_FAILURE: Final = 30.0
"""Seconds from one look at the basis to the next while it is watched, and longer where the making failed."""

Basis = TypeVar("Basis")
Made = TypeVar("Made")


class BeingPreparedError(Exception):
    """Nothing is ready yet; the first is in the making."""


class Prepared(Generic[Basis, Made]):
    """The latest thing that was made, and the making of the next one in a thread as soon as its basis has changed.

    `patience` is how many seconds of a making readers wait for it, before they get the one before.
    """

    def __init__(
        self, basis: Callable[[], Basis], make: Callable[[Basis], Made], patience: float = 1.0
    ) -> None:
        self._basis, self._make, self._patience = basis, make, patience
        self._lock, self._thread = Lock(), ThreadPoolExecutor(1, "preparing")
        self._ready: tuple[Basis, Made] | None = None
        self._making: tuple[Future[None], float] | None = None

    def get(self) -> tuple[Made, bool]:
        """What is ready, and whether it is the newest.

        Raises BeingPreparedError where nothing is ready yet, and whatever the making of the newest raised.
        """
        wanted = self._basis()
        if not self._holds(wanted):
            making, since = self._begin()
            wait([making], max(0.0, since + self._patience - monotonic()))
            if making.done():
                making.result()
        if self._ready is None:
            raise BeingPreparedError
        basis, made = self._ready
        return made, basis == wanted

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Make the newest unasked, until the block ends."""
        ended = Event()
        watch = Thread(target=self._watch, args=[ended], name="watching")
        watch.start()
        try:
            yield
        finally:
            ended.set()
            watch.join()
            self._thread.shutdown()

    def _begin(self) -> tuple["Future[None]", float]:
        """The making under way, or a new one, and when it began."""
        with self._lock:
            if self._making is None or self._making[0].done():
                self._making = self._thread.submit(self._made), monotonic()
            return self._making

    def _made(self) -> None:
        basis = self._basis()
        if not self._holds(basis):
            self._ready = basis, self._make(basis)

    def _holds(self, basis: Basis) -> bool:
        return self._ready is not None and self._ready[0] == basis

    def _watch(self, ended: Event) -> None:
        while not ended.is_set():
            try:
                if not self._holds(self._basis()):
                    self._begin()[0].result()
            except Exception as error:  # readers are told; whoever runs the server reads it here
                log.error("not prepared", extra={"facts": {"kind": type(error).__name__}})
                ended.wait(AFTER_FAILURE)
            ended.wait(EVERY)

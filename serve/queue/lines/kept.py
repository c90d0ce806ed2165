"""Things that are dear to make, kept until what they are made from has changed."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """The latest `most` things, each by its basis. Who asks for one in the making waits for it."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._made: dict[Hashable, Made] = {}

    def get(self, basis: Hashable, make: Callable[[], Made]) -> Made:
        """What was made of this basis, or `make()`."""
        with self._lock:
            made = self._made.pop(basis) if basis in self._made else make()
            self._made[basis] = made
            for oldest in list(self._made)[: -self._most]:
                del self._made[oldest]
            return made

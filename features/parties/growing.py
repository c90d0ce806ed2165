"""Arrays that grow at their end: numbers, and texts packed into one array of letters."""

from typing import Any

import numpy as np
import numpy.typing as npt


class Growing:
    """A one-dimensional array with room at its end. What it was made of is never written to."""

    def __init__(self, values: npt.NDArray[Any]) -> None:
        self._room, self._size = values, len(values)

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> npt.NDArray[Any]:
        """What it holds now."""
        return self._room[: self._size]

    def extend(self, more: npt.NDArray[Any]) -> None:
        """Put numbers at the end."""
        size = self._size + len(more)
        if size > len(self._room):
            room = np.empty(size + size // 2 + 16, self._room.dtype)
            room[: self._size] = self.values
            self._room = room
        self._room[self._size : size] = more
        self._size = size

    def append(self, number: int) -> None:
        """Put one number at the end."""
        self.extend(np.array([number], self._room.dtype))

    def put(self, place: int, number: np.generic) -> None:
        """Put another number in a place."""
        self._room = self.values.copy()
        self._room[place] = number

    def replace(self, old: np.generic, new: np.generic) -> None:
        """Put `new` wherever `old` is."""
        self._room = np.where(self.values == old, new, self.values)


class Texts:
    """Texts by number, in the order in which they were added."""

    def __init__(self, letters: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> None:
        self.letters, self.ends = Growing(letters), Growing(ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, number: int) -> str:
        ends = self.ends.values
        start = int(ends[number - 1]) if number else 0
        return self.letters.values[start : int(ends[number])].tobytes().decode()

    def append(self, text: str) -> None:
        """Put one text at the end."""
        self.letters.extend(np.frombuffer(text.encode(), np.uint8))
        self.ends.append(len(self.letters))

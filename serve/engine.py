"""Engines: what runs one task over many items, in this process or on a cluster."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]

Task = Callable[[str], bytes]
"""A function of a module that workers import: from one item, as JSON, to an answer in bytes.

What it needs beside the item it reads from the home folder, which all workers reach under one path.
"""


class Engine(Protocol):
    """Runs tasks. A task may run twice, or again elsewhere: it changes nothing that others read."""

    def run(self, task: Task, items: Sequence[str]) -> Iterable[bytes]:
        """The answer to each item, in their order. Raises the OriginRiskError that a task raised."""


class InTurn:
    """One item after the other, in this process."""

    def run(self, task: Task, items: Sequence[str]) -> Iterator[bytes]:
        """As `Engine.run`."""
        return map(task, items)


def packed(arrays: Arrays) -> bytes:
    """Arrays by name, as an answer."""
    answer = io.BytesIO()
    np.savez(answer, allow_pickle=False, **arrays)
    return answer.getvalue()


def unpacked(answer: bytes) -> Arrays:
    """The arrays of an answer."""
    with np.load(io.BytesIO(answer), allow_pickle=False) as arrays:
        return dict(arrays)

"""What is learned of lines beside the tallies: a model of words, a graph. History keeps it and closes its days."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from originrisk.features.lines import Bools, Floats, Lines
from originrisk.features.lists import Listings

Arrays = dict[str, npt.NDArray[Any]]
Columns = dict[str, Floats]


class HistoryLearner(Protocol):
    """State as of the close of a day. What it knows never depends on the order of the lines of a day, nor on which
    lines were seen.
    """

    def see(self, lines: Lines) -> Columns:
        """What closed days know of lines, by column, (n,) each: always the same columns. Nothing changes."""

    def learn(self, day: int, lines: Lines, /) -> None:
        """Learn the lines received on a day that closes (days since 1970)."""

    def learn_outcomes(self, day: int, lines: Lines, found: Bools, /) -> None:
        """Learn conclusive outcomes that became known on that day: their lines, and which found (n,)."""

    def close(self, day: int, listings: Listings, /) -> None:
        """End the day, whether or not anything was learned; lines see what is left from the next day on.

        Of `listings` only what lines of the next day see may be read (`Listings.as_of(day + 1)`).
        """

    def arrays(self) -> Arrays:
        """Everything as arrays in one canonical form: the same knowledge gives the same bytes."""

    def hold(self, arrays: Arrays) -> None:
        """Take over what `arrays` gave; they may be mapped from files and read-only."""


Learners = Mapping[str, Callable[[], HistoryLearner]]
"""How each learner is made before the first day, by name. Features read its columns as `name.column`."""


def see_all(learners: Mapping[str, HistoryLearner], lines: Lines) -> Columns:
    """The columns of all learners, as `name.column`."""
    return {
        f"{name}.{column}": values
        for name, learner in learners.items()
        for column, values in learner.see(lines).items()
    }


def joined(parts: list[Columns]) -> Columns:
    """Columns of lines that were seen one part after another."""
    return {name: np.concatenate([part[name] for part in parts]) for name in (parts[0] if parts else ())}


def arrays_of_all(learners: Mapping[str, HistoryLearner]) -> Arrays:
    """The arrays of all learners, as `name.array`."""
    return {
        f"{name}.{array}": values for name, learner in learners.items() for array, values in learner.arrays().items()
    }


def hold_all(learners: Mapping[str, HistoryLearner], arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Give each learner back the arrays that were its own."""
    for name, learner in learners.items():
        start = f"{name}."
        learner.hold({n.removeprefix(start): values for n, values in arrays.items() if n.startswith(start)})

"""Policies of examination: how a month's capacity is split between high scores, the lot, and what the model doubts."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Policy:
    """Shares of the capacity that go to the lot and to doubtful lines; all else goes to the highest scores."""

    by_lot: float = 0.0
    doubtful: float = 0.0


POLICIES: Final = {
    "exploit": Policy(),
    "random5": Policy(by_lot=0.05),
    "random10": Policy(by_lot=0.10),
    "uncertain10": Policy(by_lot=0.05, doubtful=0.05),
}


@dataclass(frozen=True, slots=True)
class Picked:
    """Which lines are examined: masks (lines,), the random arm apart, and the chance with which the lot took one."""

    examined: Mask
    random: Mask
    chance: float


def pick(policy: Policy, score: Floats, doubt: Floats, capacity: int, rng: np.random.Generator) -> Picked:
    """Examine `capacity` lines (all where there are fewer): the highest scores, the most doubted, then the lot."""
    capacity = min(capacity, len(score))
    by_lot, doubtful = round(policy.by_lot * capacity), round(policy.doubtful * capacity)
    chosen = np.zeros(len(score), np.bool_)
    chosen[np.argsort(-score, kind="stable")[: capacity - by_lot - doubtful]] = True
    chosen[np.argsort(np.where(chosen, np.inf, -doubt), kind="stable")[:doubtful]] = True
    rest = np.flatnonzero(~chosen)
    random = np.zeros(len(score), np.bool_)
    random[rng.choice(rest, by_lot, replace=False)] = True
    return Picked(chosen | random, random, by_lot / max(1, len(rest)))

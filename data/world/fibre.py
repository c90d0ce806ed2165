"""Fibre through the chain, lot by lot: farms → gins and traders → spinners → weavers → makers. Mass is conserved.

A stage says which lots of the stage before went into each of its lots, and in which shares. Composition runs
forwards, mass demanded runs backwards; both are linear, so what leaves the farms is what the goods hold plus waste.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Lots = NDArray[np.int64]

REGIONS: Final = (
    "XJ Aksu",
    "XJ Kashgar",
    "XJ Bayingolin",
    "XJ Tacheng",
    "XJ Changji",
    "XJ XPCC south",
    "XJ XPCC north",
    "CN Yellow River",
    "CN Yangtze",
    "US",
    "BR",
    "IN",
    "AU",
    "UZ",
    "West Africa",
    "XJ tomato",
    "CN tomato",
    "IT tomato",
    "Other tomato",
)
IN_XINJIANG: Final = np.array([region.startswith("XJ") for region in REGIONS])


@dataclass(frozen=True, slots=True)
class Stage:
    """Lots made of lots: `inputs` (n, k) index the stage before, `shares` (n, k) add up to 1 in each row."""

    inputs: Lots
    shares: Floats
    yields: Floats
    """Mass out for mass in, of each lot."""

    def forwards(self, before: Floats) -> Floats:
        """Composition of this stage's lots by region, from that of the stage before."""
        mixed: Floats = np.zeros((len(self.inputs), before.shape[1]))
        for place in range(self.inputs.shape[1]):
            mixed += self.shares[:, place, None] * before[self.inputs[:, place]]
        return mixed

    def backwards(self, mass: Floats, lots_before: int) -> Floats:
        """Mass asked of each lot of the stage before, so that this stage's lots weigh `mass`."""
        asked = (mass / self.yields)[:, None] * self.shares
        total: Floats = np.bincount(self.inputs.ravel(), asked.ravel(), lots_before).astype(np.float64)
        return total


@dataclass(frozen=True, slots=True)
class Chain:
    """Stages in order, from the farms' regions on."""

    stages: tuple[Stage, ...]

    def composition(self) -> Floats:
        """Share of each region in the lots of the last stage; rows add up to 1."""
        lots = np.eye(len(REGIONS))
        for stage in self.stages:
            lots = stage.forwards(lots)
        return lots

    def farm_mass(self, mass: Floats) -> Floats:
        """Mass that each region's farms must give so that the last stage's lots weigh `mass`."""
        sizes = [len(REGIONS), *(len(stage.inputs) for stage in self.stages)]
        for stage, before in zip(reversed(self.stages), reversed(sizes[:-1]), strict=True):
            mass = stage.backwards(mass, before)
        return mass


def shares(rng: np.random.Generator, count: int, inputs: int, single: float) -> Floats:
    """Shares of `inputs` lots in each lot: all from the first with chance `single`, else as it falls."""
    drawn = rng.dirichlet(np.full(inputs, 2.0), count)
    drawn[rng.random(count) < single] = np.eye(inputs)[0]
    return drawn

"""A simulated world of 2019 to 2021 as training and scoring see it, with the truth beside.

Learned from is what was known on 2021-06-30, judged are the lines of July to December 2021.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.settings import Settings
from originrisk.data.simulation.settings import settings_of
from originrisk.data.simulation.world import World, make
from originrisk.features.history.replay import Outcomes
from originrisk.features.lines import Lines
from originrisk.features.lists import Listings
from originrisk.train.dataset import FeatureFrame, Gathered, gather, see

CUTOFF = date(2021, 6, 30)
PERIOD = {"start": date(2019, 1, 1), "end": date(2021, 12, 31)}

SETTINGS = Settings(home=Path())
"""Those that a model is made with by default; no home is read."""

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class SeenWorld:
    """`truth` and `supplier` are of all lines; `judged` and `past` are rows of them: lines after the cut-off, and a
    random sample of those before. `seen` and `past_seen` are what they looked like on their day."""

    world: World
    gathered: Gathered
    judged: Rows
    frame: FeatureFrame
    past: Rows
    past_seen: FeatureFrame
    truth: Floats
    supplier: npt.NDArray[np.int64]

    @classmethod
    def make(cls, variant: str, seed: int, lines: int, *, most_judged: int | None = None, past: int = 0) -> Self:
        """Make a world and see it twice, as training does and as scoring does.

        `most_judged`: judge a random sample of so many lines. `past`: size of the sample of lines before the cut-off.
        """
        world = make(settings_of(variant, seed=seed, lines=lines, **PERIOD))
        until = np.asarray(pc.less_equal(world.entries["entry_date"], CUTOFF))
        listings = Listings.known(world.listed)
        gathered = gather(world.entries.filter(pa.array(until)), world.outcomes, listings, CUTOFF, seed)
        rng = np.random.default_rng(seed)
        judged, earlier = (
            np.sort(rng.permutation(np.flatnonzero(rows))[:most])
            for rows, most in ((~until, most_judged), (until, past))
        )
        wanted = np.union1d(judged, earlier)
        seen = see_rows(world, wanted)
        truth = world.truth["y_any"].to_numpy(zero_copy_only=False).astype(np.float64)
        supplier = np.unique(world.truth["supplier_id"].to_numpy(), return_inverse=True)[1]
        of_judged, of_past = (seen.take(np.isin(wanted, rows)) for rows in (judged, earlier))
        return cls(world, gathered, judged, of_judged, earlier, of_past, truth, supplier)


def see_rows(world: World, rows: Rows) -> FeatureFrame:
    """Lines of a world as their own day saw them, with every result known by then."""
    lines = Lines.of(world.entries)
    known = world.outcomes.filter(pc.is_valid(world.outcomes["outcome_date"]))
    return see(lines, Outcomes.of(lines, known), Listings.known(world.listed), rows, PERIOD["end"])

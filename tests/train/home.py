"""A home with a small simulated trade, ingested through the store; made once for all tests that need one."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.contract import ENTRIES, OUTCOMES
from originrisk.data.settings import Settings
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.world import World, make
from originrisk.data.store.tables import Store

START, CUTOFF = date(2020, 1, 1), date(2021, 3, 31)


def small_world(lines: int = 3000, seed: int = 0) -> World:
    """A trade of which much is examined, so that few lines teach enough."""
    settings = WorldSettings(
        lines=lines, seed=seed, start=START, end=date(2021, 6, 30), examined_share=0.25, random_share=0.4
    )
    return make(settings)


def entries(world: World) -> pa.Table:
    """The world's lines as they stand in the store."""
    received = pc.coalesce(world.entries["received_on"], world.entries["entry_date"])
    place = world.entries.column_names.index("received_on")
    table = world.entries.set_column(place, "received_on", received).select(ENTRIES.names).cast(ENTRIES.schema)
    return table.sort_by([(name, "ascending") for name in ("entry_date", "entry_number", "line_number")])


def home(folder: Path, world: World | None = None) -> Settings:
    """Settings of a home that holds a world, else the small one."""
    world, store = world or small_world(), Store(folder)
    store.upsert("entries", entries(world).to_batches())
    store.upsert("outcomes", world.outcomes.select(OUTCOMES.names).cast(OUTCOMES.schema).to_batches())
    return Settings(home=folder, history_start=START)

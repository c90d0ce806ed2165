"""What a training, a gate and an evaluation read: the store's tables at known versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.errors import GateRefusedError, Problem
from originrisk.data.settings import Settings
from originrisk.data.store import journal
from originrisk.data.store.tables import Store
from originrisk.features.lists import Listings
from originrisk.train.examples import Gathered, gather

READ: Final = ("entries", "outcomes", "listed")
"""Tables that are read: only their versions say what was learned from."""


@dataclass(frozen=True, slots=True)
class Material:
    """Lines of up to a day, all outcomes, all listings, and the version of each table.

    Of the journal of decisions on parties, the number that were taken stands for a version.
    """

    entries: pa.Table
    outcomes: pa.Table
    listings: Listings
    tables: dict[str, int]

    @classmethod
    def read(
        cls, settings: Settings, until: date | None = None, versions: Mapping[str, int] | None = None
    ) -> "Material":
        """The tables as they stand, or at these versions."""
        store = Store(settings.home, settings.memory_limit_gb)
        taken = journal.read_decisions(settings.home)
        now = {name: version for name, version in store.versions().items() if name in READ}
        now |= {"decided": len(taken)} if taken else {}
        tables = now if versions is None else dict(versions)
        entries = store.entries(settings.history_start, until, version=tables.get("entries"))
        outcomes = store.outcomes(version=tables.get("outcomes"))
        listed = store.listed(version=tables.get("listed"))
        there = [
            t if n in tables else t.slice(0, 0)
            for n, t in zip(READ, (entries, outcomes, listed), strict=True)
        ]
        return cls(there[0], there[1], Listings.known(there[2], taken[: tables.get("decided", 0)]), tables)

    def last_day(self) -> date:
        """The last day of entry. Raises GateRefusedError where there are no lines."""
        last: date | None = pc.max(self.entries["entry_date"]).as_py()
        if last is None:
            step = "Run originrisk ingest entries first."
            raise GateRefusedError(Problem("entries", "entry lines", "none", step))
        return last

    def gather(self, cutoff: date, seed: int) -> Gathered:
        """What there is to learn from at the end of `cutoff` (see `originrisk.train.examples.gather`)."""
        return gather(self.entries, self.outcomes, self.listings, cutoff, seed)

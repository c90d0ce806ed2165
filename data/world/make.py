"""A whole world in memory (for tests), or as files in the contract's shape (for everything else)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pandas as pd
import pyarrow as pa

from data.world.declaration import declare
from data.world.findings import examine, outcomes
from data.world.listing import listed
from data.world.settings import WorldSettings
from data.world.shipping import ship
from data.world.spelling import Spelling, spell
from data.world.trade import Trade, line_entry_numbers, make_trade
from data.world.truth import truth

BATCH: Final = 250_000
"""Lines declared at once: what bounds the memory of a large world."""


@dataclass(frozen=True, slots=True)
class World:
    """Four tables: three as the contract has them, and the truth, which no model may see."""

    entries: pa.Table
    outcomes: pa.Table
    listed: pa.Table
    truth: pa.Table


@dataclass(frozen=True, slots=True)
class WrittenTrade:
    """A trade with its texts and numbers, ready to be declared line by line."""

    trade: Trade
    shipments: pd.DataFrame
    spelling: Spelling
    entry_number: pa.Array

    def entries(self) -> Iterator[pa.Table]:
        """The declarations, in order of entry date, batch by batch."""
        for start in range(0, len(self.trade.lines), BATCH):
            rows = slice(start, min(start + BATCH, len(self.trade.lines)))
            yield declare(self.trade, self.shipments, self.spelling, self.entry_number, rows)

    def outcomes(self) -> pa.Table:
        return outcomes(self.trade, examine(self.trade), self.entry_number)

    def listed(self) -> pa.Table:
        return listed(self.trade.settings, self.trade.parties, self.spelling)

    def truth(self) -> pa.Table:
        return truth(self.trade, self.entry_number)


def write_down(settings: WorldSettings) -> WrittenTrade:
    """Run a world and give its parties names and its entries numbers."""
    trade = make_trade(settings)
    return WrittenTrade(trade, ship(trade), spell(trade.parties), line_entry_numbers(trade))


def make(settings: WorldSettings) -> World:
    """The whole world in memory."""
    written = write_down(settings)
    return World(pa.concat_tables(written.entries()), written.outcomes(), written.listed(), written.truth())

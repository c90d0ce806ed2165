"""What happened, as numbers: parties, contracts, lots, lines. Declarations, findings and truth read it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from originrisk.data.world.contracts import make_contracts
from originrisk.data.world.lines import make_lines
from originrisk.data.world.numbers import entry_numbers
from originrisk.data.world.parties import make_parties
from originrisk.data.world.prices import price
from originrisk.data.world.reactions import react
from originrisk.data.world.settings import WorldSettings
from originrisk.data.world.sourcing import Sourcing, make_sourcing


@dataclass(frozen=True, slots=True)
class Trade:
    """One world before anyone writes it down."""

    settings: WorldSettings
    parties: pd.DataFrame
    contracts: pd.DataFrame
    sourcing: Sourcing
    lines: pd.DataFrame

    def of_line(self, column: str) -> NDArray[Any]:
        """A column of the contracts, for each line."""
        values: NDArray[Any] = self.contracts[column].to_numpy()[self.lines["contract"].to_numpy()]
        return values


def make_trade(settings: WorldSettings) -> Trade:
    """Run the world: who there is, what they agree, how they react, what they ship."""
    parties = make_parties(settings)
    sourcing = make_sourcing(settings, parties)
    parties, contracts = react(settings, parties, make_contracts(settings, parties))
    lines = price(settings, parties, contracts, make_lines(settings, contracts, sourcing))
    return Trade(settings, parties, contracts, sourcing, lines)


def line_entry_numbers(trade: Trade) -> pa.Array:
    """Entry number of every line."""
    first = np.flatnonzero(trade.lines["line"].to_numpy() == 1)
    return entry_numbers(trade.of_line("filer")[first], trade.lines["shipment"].to_numpy())

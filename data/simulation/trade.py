"""What happened, as numbers: parties, contracts, lots, lines. Declarations, findings and truth read it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from originrisk.data.simulation.contracts import make_contracts
from originrisk.data.simulation.lines import make_lines
from originrisk.data.simulation.parties import make_parties
from originrisk.data.simulation.prices import price
from originrisk.data.simulation.reactions import react
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.supply_chain import Sourcing, make_sourcing


@dataclass(frozen=True, slots=True)
class SimulatedTrade:
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


def make_trade(settings: WorldSettings) -> SimulatedTrade:
    """Run the world: who there is, what they agree, how they react, what they ship."""
    parties = make_parties(settings)
    sourcing = make_sourcing(settings, parties)
    parties, contracts = react(settings, parties, make_contracts(settings, parties))
    lines = price(settings, parties, contracts, make_lines(settings, contracts, sourcing))
    return SimulatedTrade(settings, parties, contracts, sourcing, lines)

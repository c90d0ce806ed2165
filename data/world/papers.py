"""A trade with its texts and numbers, and the runs of lines in which it is declared."""

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from originrisk.data.world.numbers import importer_numbers
from originrisk.data.world.shipping import ship
from originrisk.data.world.spelling import Spelling, spell
from originrisk.data.world.trade import Trade, line_entry_numbers


@dataclass(frozen=True, slots=True)
class Papers:
    """A trade with its texts and numbers, ready to be declared line by line."""

    trade: Trade
    shipments: pd.DataFrame
    spelling: Spelling
    importer_number: pa.Array
    entry_number: pa.Array


@dataclass(frozen=True, slots=True)
class Part:
    """A run of lines with the contract and the shipment of each."""

    lines: pd.DataFrame
    contracts: pd.DataFrame
    shipped: pd.DataFrame


def draw_papers(trade: Trade) -> Papers:
    """Give the parties names, the importers and entries numbers, the shipments a way."""
    importers = int(trade.contracts[["importer", "consignee"]].max().max()) + 1
    return Papers(
        trade, ship(trade), spell(trade.parties), importer_numbers(importers), line_entry_numbers(trade)
    )


def part_of(papers: Papers, rows: slice) -> Part:
    lines = papers.trade.lines.iloc[rows].reset_index(drop=True)
    contracts = papers.trade.contracts.iloc[lines["contract"]].reset_index(drop=True)
    return Part(lines, contracts, papers.shipments.iloc[lines["shipment"]].reset_index(drop=True))

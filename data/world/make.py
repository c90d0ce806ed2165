"""A whole world in memory (for tests), or as files in the contract's shape (for everything else)."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from originrisk.data.console import progress
from originrisk.data.world.declaration import declare
from originrisk.data.world.findings import examine
from originrisk.data.world.findings import outcomes as outcomes_of
from originrisk.data.world.listing import listed
from originrisk.data.world.papers import Papers, draw_papers
from originrisk.data.world.settings import WorldSettings
from originrisk.data.world.trade import make_trade
from originrisk.data.world.truth import truth

BATCH: Final = 250_000
"""Lines declared at once: what bounds the memory of a large world."""


@dataclass(frozen=True, slots=True)
class World:
    """Four tables: three as the contract has them, and the truth, which no model may see."""

    entries: pa.Table
    outcomes: pa.Table
    listed: pa.Table
    truth: pa.Table


def entries(papers: Papers) -> Iterator[pa.Table]:
    """The declarations, in order of entry date, batch by batch."""
    count = len(papers.trade.lines)
    for start in range(0, count, BATCH):
        yield declare(papers, slice(start, min(start + BATCH, count)))


def outcomes(papers: Papers) -> pa.Table:
    """The contract's `outcomes`."""
    return outcomes_of(papers.trade, examine(papers.trade), papers.entry_number)


def make(settings: WorldSettings) -> World:
    """The whole world in memory."""
    papers = draw_papers(make_trade(settings))
    on_list = listed(settings, papers.trade.parties, papers.spelling)
    secret = truth(papers.trade, papers.entry_number)
    return World(pa.concat_tables(entries(papers)), outcomes(papers), on_list, secret)


def write(folder: Path, settings: WorldSettings) -> dict[str, int]:
    """Write a world's files; a world that stood in the folder is replaced whole. Returns rows by table."""
    papers = draw_papers(make_trade(settings))
    staged = folder.with_name(f".{folder.name}-{os.getpid()}")
    (staged / "entries").mkdir(parents=True)
    with progress("declaring", -(-settings.lines // BATCH)) as advance:
        for number, batch in enumerate(entries(papers)):
            pq.write_table(batch, staged / "entries" / f"part-{number:04d}.parquet")
            advance(1)
    tables = {
        "outcomes": outcomes(papers),
        "listed": listed(settings, papers.trade.parties, papers.spelling),
        "truth": truth(papers.trade, papers.entry_number),
    }
    for name, table in tables.items():
        pq.write_table(table, staged / f"{name}.parquet")
    shutil.rmtree(folder, ignore_errors=True)
    staged.rename(folder)
    return {"entries": settings.lines, **{name: table.num_rows for name, table in tables.items()}}

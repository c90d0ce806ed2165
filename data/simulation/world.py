"""A whole world in memory (for tests), or as files in the contract's shape (for everything else).

Of the four tables, three are the contract's; `truth` says what is really so, one row a line. Only evaluation of
a simulated world may read it; no model ever does.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from originrisk.data.console import progress
from originrisk.data.contract import EPOCH, LINE_KEY, LISTED
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.simulation.contracts import MECHANISMS
from originrisk.data.simulation.declaration import declare
from originrisk.data.simulation.findings import examine
from originrisk.data.simulation.findings import outcomes as outcomes_of
from originrisk.data.simulation.parties import MILL
from originrisk.data.simulation.reactions import LOOK_ALIKES
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.shipping import Papers, draw_papers
from originrisk.data.simulation.spelling import SPELLINGS, Spelling
from originrisk.data.simulation.tables import countries, day_number, order, parameters, stream
from originrisk.data.simulation.trade import SimulatedTrade, is_evasion, make_trade
from originrisk.data.store.tables import Store

BATCH: Final = 250_000
"""Lines declared at once: what bounds the memory of a large world."""

TRUTH: Final = pa.schema(
    [
        ("entry_number", pa.string()),
        ("line_number", pa.int32()),
        ("exact_result", pa.string()),
        ("y_any", pa.bool_()),
        ("xinjiang_fraction", pa.float64()),
        ("probability", pa.float64()),
        ("mechanism", pa.dictionary(pa.int8(), pa.string())),
        ("evasion", pa.bool_()),
        ("look_alike", pa.dictionary(pa.int8(), pa.string())),
        ("made_in", pa.dictionary(pa.int8(), pa.string())),
        ("maker_id", pa.int32()),
        ("supplier_id", pa.int32()),
        ("predecessor_id", pa.int32()),
        ("seller_id", pa.int32()),
        ("importer_id", pa.int32()),
    ]
)
"""`exact_result`: what an exact examination finds, in the words of the contract's outcomes. `probability`: of
y_any before the lot was drawn, every other fact known. Ids are those of the roster: `maker_id` made
the goods, `supplier_id` is declared, `predecessor_id` was declared before (null where there was none)."""


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


def truth(trade: SimulatedTrade, entry_number: pa.Array) -> pa.Table:
    """Truth of every line, in the order of the lines."""
    lines = trade.lines
    mechanism = lines["mechanism"].to_numpy()
    before = trade.of_line("before").astype(np.int32)
    exposed = lines["exposed"].to_numpy()
    columns = [
        entry_number,
        pa.array(lines["line"].to_numpy(), pa.int32()),
        pa.array(np.where(exposed, "xinjiang", "not_xinjiang")),
        pa.array(exposed),
        pa.array(lines["fraction"].to_numpy()),
        pa.array(lines["chance"].to_numpy()),
        _named(mechanism, MECHANISMS),
        pa.array(is_evasion(mechanism)),
        _named(trade.of_line("look_alike"), LOOK_ALIKES),
        _named(trade.of_line("made"), countries()),
        *(pa.array(trade.of_line(name).astype(np.int32)) for name in ("maker", "party")),
        pa.array(before, mask=before < 0),
        *(pa.array(trade.of_line(name).astype(np.int32)) for name in ("seller", "importer")),
    ]
    return pa.table(columns, schema=TRUTH)


def _named(codes: NDArray[np.generic], names: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(names, pa.string()))


def listed(settings: WorldSettings, parties: pd.DataFrame, spelling: Spelling) -> pa.Table:
    """One row a listing, by date. Mills upstream are on it too; they never stand on a declaration."""
    makers = parties.index[parties["listed_from"] < np.iinfo(np.int32).max]
    mills = parties.index[parties["kind"] == MILL]
    days = [day_number(day) for day in parameters()["orders"]["listings"]]
    drawn = stream(settings.seed, "mills listed").choice(days, len(mills))
    dated = [*zip(makers, parties["listed_from"][makers], strict=True), *zip(mills, drawn, strict=True)]
    rows = []
    for party, day in dated:
        at, labour = int(party) * SPELLINGS, bool(parties["labour"].iat[party])
        aliases = dict.fromkeys([spelling.name[at + 3].as_py(), spelling.name[at + 4].as_py()])
        row = {
            "name": spelling.name[at].as_py(),
            "aliases": "|".join(aliases),
            "address": f"{spelling.address[at].as_py()}, {spelling.city[at].as_py()}",
            "programme": "UFLPA (ii)" if labour else "WRO" if day < order("uflpa") else "UFLPA",
            "effective_date": EPOCH + timedelta(int(day)),
            "scope": "goods of labour moved from Xinjiang" if labour else "goods with inputs from Xinjiang",
        }
        rows += [row] if day <= day_number(settings.end) else []
    rows.sort(key=lambda row: (row["effective_date"], row["name"]))
    return pa.Table.from_pylist(rows, LISTED.schema)


def scores_beside_truth(home: Path) -> dict[str, Any]:
    """The scores that are published in a home beside what its simulated world knows of the same lines.

    `tenths` by rising score and `all`: lines, mean probability, true share and its 95 % interval (Wilson); `ratio` of
    expected to true; AUC. Raises BadInputError without a world or a score.
    """
    store = Store(home)
    secret = store.truth().select([*LINE_KEY, "y_any"])
    scores = store.scores(date.min, date.max).select([*LINE_KEY, "probability"])
    both = scores.join(secret, LINE_KEY, join_type="inner").sort_by("probability").to_pandas()
    if both.empty:
        step = "Run originrisk score on a day of the world."
        raise BadInputError(Problem("scores", "scores of lines of the simulated world", "none", step))
    parts = [both.iloc[rows] for rows in np.array_split(np.arange(len(both)), 10) if len(rows)]
    positive = both["y_any"].to_numpy()
    count = positive.sum()
    rank = both["probability"].rank().to_numpy()
    pairs = count * (len(both) - count)
    whole = _level(both)
    return {
        "tenths": [_level(part) for part in parts],
        "all": whole,
        "ratio": whole["probability"] / whole["true"] if count else None,
        "auc": float((rank[positive].sum() - count * (count + 1) / 2) / pairs) if pairs else None,
    }


def _level(lines: pd.DataFrame) -> dict[str, float]:
    size, share, z = len(lines), float(lines["y_any"].mean()), 1.96
    centre = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * (share * (1 - share) / size + z**2 / (4 * size**2)) ** 0.5 / (1 + z**2 / size)
    mean = float(lines["probability"].mean())
    return {"lines": size, "probability": mean, "true": share, "low": centre - half, "high": centre + half}

"""A day in parts: its lines are split among the workers of an engine, each of which sees the same saved history."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from originrisk.data.settings import Settings
from originrisk.features.catalogue import compute
from originrisk.features.history.view import see
from originrisk.features.lines import Bools, Floats, Lines
from originrisk.serve.assignment import Scoring, known, rules
from originrisk.serve.day_scores import DayScores, Part
from originrisk.serve.engine import Engine, packed, unpacked
from originrisk.serve.ranking import Capacity

PART = 20_000
"""Lines of a task: long enough to spare calls, short enough to stay in memory and to be done again."""

BARRED = "barred"


class Share(Scoring):
    """Lines of a day, kept in a file with whether they are barred; `history` is the folder of the day before's.

    `in_order` and `by_lot` are the places of the whole day, by pool.
    """

    lines: Path
    history: Path
    in_order: tuple[int, ...]
    by_lot: tuple[int, ...]

    def table(self) -> tuple[pa.Table, Bools]:
        """The lines, and which are barred."""
        stored = pq.read_table(self.lines)
        return stored.drop_columns([BARRED]), np.asarray(stored[BARRED])


def score_in_parts(
    engine: Engine, settings: Settings, scores: DayScores, history: Path, staging: Path
) -> None:
    """Score all lines of a day. `history` is a folder that a snapshot of the day before was saved in."""
    told = rules(settings, scores.bundle.version)
    places = {"in_order": scores.capacity.in_order.tolist(), "by_lot": scores.capacity.by_lot.tolist()}
    items = [
        Share.model_validate({**told, **places, "lines": file, "history": history}).model_dump_json()
        for file in _files(scores, staging)
    ]
    for number, answer in enumerate(engine.run(score_share, items)):
        scores.join(number * PART, Part.of(unpacked(answer)))


def score_share(item: str) -> bytes:
    """Score a share's lines: what `DayScores.part` gives, as arrays."""
    share = Share.model_validate_json(item)
    table, barred = share.table()
    scorer = share.scorer()
    pool = Capacity.of(table, share.score).pool
    capacity = Capacity(pool, np.array(share.in_order), np.array(share.by_lot))
    scores = DayScores(table, scorer.bundle, share.score, barred, capacity)
    scores.take(np.arange(len(table)), features_of(share, table))
    return packed(scores.part().arrays())


def features_of(share: Share, table: pa.Table) -> Floats:
    """Features of a share's lines (n, features), as its history sees them."""
    lines = Lines.of(table)
    return compute(lines, see(known(share.history), lines, share.checkpoints.listings()))


def _files(scores: DayScores, staging: Path) -> Iterator[Path]:
    marked = scores.lines.append_column(BARRED, pa.array(scores.barred))
    for number, first in enumerate(range(0, len(marked), PART)):
        file = staging / f"lines-{number:06d}.parquet"
        pq.write_table(marked.slice(first, PART), file)
        yield file

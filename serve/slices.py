"""A period in slices of days: each is replayed by itself from the history saved before it, and scored as a batch is."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from originrisk.data.contract import ONE_DAY, SCORES
from originrisk.features.history.replay import Seen
from originrisk.features.history.state import History
from originrisk.models import snapshot
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.assignment import Scoring, rules
from originrisk.serve.closing import close
from originrisk.serve.engine import Engine
from originrisk.serve.scorer import Scorer


class Slice(Scoring):
    """Days `first` to `last`; `history` is the folder of what was known before."""

    first: date
    last: date
    history: Path

    def entries(self, history: History) -> pa.Table:
        """The lines that the replay meets."""
        return self.checkpoints.entries(history, self.last)

    def known(self) -> History:
        """What was known before the first day."""
        return snapshot.load(self.history)

    def seen(self, history: History, entries: pa.Table) -> Iterator[Seen]:
        """The lines as they were seen."""
        return self.checkpoints.replay(history, entries, self.last, kept=False)


def score_in_slices(engine: Engine, items: list[str]) -> Iterator[pa.Table]:
    """Scores of each day that has lines, in order of day."""
    for answer in engine.run(score_slice, items):
        scores = pa.ipc.open_stream(answer).read_all()
        days = np.asarray(scores["entry_date"].cast(pa.int32()))
        for day in np.unique(days):
            yield scores.take(np.flatnonzero(days == day))


def score_slice(item: str) -> bytes:
    """Scores of a slice in the contract's columns, an Arrow stream."""
    share = Slice.model_validate_json(item)
    history = share.known()
    entries = share.entries(history)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, SCORES.schema) as stream:
        for scores in share.scorer().tables(entries, share.seen(history, entries), share.first):
            stream.write_table(scores)
    return bytes(sink.getvalue())


def cut(engine: Engine, scorer: Scorer, start: date, end: date, *, size: int, staging: Path) -> list[str]:
    """Close the days up to `end`, and save what was known before each slice of `start` to `end`.

    Slices have about `size` lines each.
    """
    checkpoints = Checkpoints(scorer.store, scorer.settings.history_start)
    firsts = _firsts(scorer.store.entries(start, end, columns=["entry_date"]), start, size)
    folders = {first - ONE_DAY: staging / f"history-{first}" for first in firsts}
    for day, closed, arrays in close(engine, scorer.settings, checkpoints, {*folders, end}, staging):
        if day in folders:
            snapshot.write(arrays, closed, folders[day], {})
    lasts = [*(first - ONE_DAY for first in firsts[1:]), end]
    told = rules(scorer.settings, scorer.bundle.version)
    days = [{"first": first, "last": last} for first, last in zip(firsts, lasts, strict=True)]
    return [
        Slice.model_validate({**told, **of, "history": folder}).model_dump_json()
        for of, folder in zip(days, folders.values(), strict=True)
    ]


def _firsts(entries: pa.Table, start: date, size: int) -> list[date]:
    """First day of each slice."""
    days = entries["entry_date"]
    return sorted({start, *(days[place].as_py() for place in range(size, len(days), size))})

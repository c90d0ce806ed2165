"""Scoring spread over an engine: a single day by its lines, a period by slices of its days."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from models.checkpoints import Checkpoints
from serve.engine import Engine
from serve.parts import score_in_parts
from serve.scorer import Scorer
from serve.slices import cut, score_in_slices

ONE_DAY = timedelta(days=1)
SLICE = 50_000
"""Lines of a slice, about: each begins with reading a whole history."""


def spread(engine: Engine, scorer: Scorer, start: date, end: date, staging: Path) -> Iterator[pa.Table]:
    """Scores of each day from `start` to `end` that has lines."""
    if start == end:
        yield from _day(engine, scorer, start, staging)
    else:
        yield from score_in_slices(engine, cut(scorer, start, end, size=SLICE, staging=staging))


def _day(engine: Engine, scorer: Scorer, day: date, staging: Path) -> Iterator[pa.Table]:
    """Scores of a day, if it has lines: the days before it are closed here, then the workers see its lines."""
    checkpoints, before = Checkpoints(scorer.store, scorer.settings.history_start), day - ONE_DAY
    history = checkpoints.latest(day)
    for _ in checkpoints.close(history, checkpoints.entries(history, before), before):
        pass
    if history.day is None:  # nothing was known: there is no history to share
        yield from score_in_slices(engine, cut(scorer, day, day, size=SLICE, staging=staging))
    elif len(lines := scorer.store.entries(day, day)):
        scores = scorer.day(day, lines)
        score_in_parts(engine, scorer.settings, scores, checkpoints.folder(before), staging)
        yield scores.table(day)

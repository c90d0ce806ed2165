"""Scoring spread over an engine: a single day by its lines, a period by slices of its days."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa

from originrisk.data.contract import ONE_DAY
from originrisk.features.history.state import History
from originrisk.models import snapshot
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.day_scores import DayScores
from originrisk.serve.engine import Engine
from originrisk.serve.parts import score_in_parts
from originrisk.serve.scorer import Scorer
from originrisk.serve.slices import cut, score_in_slices

SLICE = 50_000
"""Lines of a slice, about: each begins with reading a whole history."""


def spread(engine: Engine, scorer: Scorer, start: date, end: date, staging: Path) -> Iterator[pa.Table]:
    """Scores of each day from `start` to `end` that has lines."""
    if start == end:
        for scores in day_in_parts(engine, scorer, start, staging):
            yield scores.table(start)
    else:
        yield from score_in_slices(engine, cut(engine, scorer, start, end, size=SLICE, staging=staging))


def day_in_parts(engine: Engine, scorer: Scorer, day: date, staging: Path) -> Iterator[DayScores]:
    """The scores of a day, if it has lines: the days before it are closed here, then the workers see its lines."""
    checkpoints = Checkpoints(scorer.store, scorer.settings.history_start)
    checkpoints.bring_to(day - ONE_DAY)
    if len(lines := scorer.store.entries(day, day)):
        scores = scorer.day(day, lines)
        score_in_parts(engine, scorer.settings, scores, _folder(checkpoints, day, staging), staging)
        yield scores


def _folder(checkpoints: Checkpoints, day: date, staging: Path) -> Path:
    """Where the history is saved; one that learned nothing is no checkpoint, and is put there for this run."""
    if (last := checkpoints.latest_day(day)) is not None:
        return checkpoints.folder(last)
    snapshot.save(History(), staging / "nothing", {})
    return staging / "nothing"

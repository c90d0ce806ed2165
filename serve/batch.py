"""The batch: days scored one after another, each with what was known before it, each published whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from originrisk.data.contract import SCORES
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.models.bundle import Bundle, load
from originrisk.models.checkpoints import Checkpoints
from originrisk.models.registry import champion_path
from originrisk.serve.engine import Engine
from originrisk.serve.scorer import Scorer
from originrisk.serve.spread import spread


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run over `start` to `end` published in the store: one row of `scores` for each line."""

    store: Store
    bundle: Bundle
    start: date
    end: date
    inside_capacity: dict[date, int]

    @property
    def hindsight(self) -> bool:
        """Whether the model learned from days that are scored here: such scores look better than a night's."""
        return date.fromisoformat(self.bundle.settings["cutoff"]) >= self.start

    def scores(self) -> pa.Table:
        """The published rows, by day and rank."""
        return self.store.scores(self.start, self.end)

    def entries(self) -> pa.Table:
        """The lines of the period."""
        return self.store.entries(self.start, self.end)

    def summary(self) -> dict[str, Any]:
        """What a scheduler reads. `read` and `scored` are counted in their own tables."""
        return {
            "from": str(self.start),
            "to": str(self.end),
            "read": len(self.store.entries(self.start, self.end, columns=["entry_number"])),
            "scored": len(self.scores()),
            "inside_capacity": sum(self.inside_capacity.values()),
            "model_version": self.bundle.version,
            "hindsight": self.hindsight,
        }


def score_period(settings: Settings, start: date, end: date, engine: Engine | None = None) -> Batch:
    """Score every line dated `start` to `end` with the champion and publish each day in one commit.

    With an engine its workers see and score; they publish nothing themselves. A run that is repeated changes nothing;
    one that was cut short leaves whole days and can be run again.
    Raises ModelRefusedError without a sound champion, AlreadyRunningError while another run writes.
    """
    bundle = load(champion_path(settings.home))
    store = Store(settings.home, settings.memory_limit_gb)
    published = dict.fromkeys(_days(start, end), 0)
    with store.writing() as staging:
        scorer = Scorer(store, settings, bundle)
        tables = _here(scorer, start, end) if engine is None else spread(engine, scorer, start, end, staging)
        for table in tables:
            day = table["entry_date"][0].as_py()
            store.replace_day("scores", day, table)
            published[day] = len(table) - table["place"].null_count
        for day in (day for day, inside in published.items() if not inside):
            # its lines may have moved elsewhere
            store.replace_day("scores", day, SCORES.schema.empty_table())
    return Batch(store, bundle, start, end, published)


def _here(scorer: Scorer, start: date, end: date) -> Iterator[pa.Table]:
    """Scores of each day that has lines, worked out in this process."""
    checkpoints = Checkpoints(scorer.store, scorer.settings.history_start)
    history = checkpoints.latest(start)
    entries = checkpoints.entries(history, end)
    yield from scorer.tables(entries, checkpoints.replay(history, entries, end), start)


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days) for days in range((end - start).days + 1))

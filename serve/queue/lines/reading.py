"""Reading for the pages: the ground at the versions of the moment, and the days that were asked for."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from data.settings import Settings
from data.store import Store
from models.checkpoints import Checkpoints
from serve.night import live
from serve.queue.lines.day import Day
from serve.queue.lines.ground import Ground
from serve.queue.lines.kept import Kept
from serve.queue.lines.line import Evidence, evidence
from serve.queue.lines.links import latest_graph

_ENTRY: Final = "SELECT * FROM {entries} WHERE entry_number = $1 AND line_number = $2"
_SCORE: Final = "SELECT * FROM {scores} WHERE entry_date = $1 AND entry_number = $2 AND line_number = $3"


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads one home. Every call looks at the tables' versions, so nothing older than the store is ever shown."""

    settings: Settings
    store: Store
    _grounds: Kept[Ground] = field(default_factory=lambda: Kept(2))
    _days: Kept[Day] = field(default_factory=lambda: Kept(8))
    _graphs: Kept[Any] = field(default_factory=lambda: Kept(4))

    def ground(self) -> Ground:
        """The store as it is now."""
        versions = self.store.versions()
        return self._grounds.get(tuple(versions.items()), lambda: Ground(self.store, versions))

    def day(self, of: date) -> Day:
        """A day as it is now."""
        ground = self.ground()
        return self._days.get((of, *ground.versions.items()), lambda: Day.of(ground, of))

    def shown(self) -> date | None:
        """The day of the live queue; before the first night the latest that was scored; None without one."""
        latest = self.ground().sql("SELECT max(entry_date) AS day FROM {scores}", [])["day"][0].as_py()
        return live.day(self.settings.home) or latest

    def line(self, entry_number: str, line_number: int) -> Evidence | None:
        """A line with its evidence as it is now; None where the store has no such line."""
        ground, key = self.ground(), [entry_number, line_number]
        line = ground.sql(_ENTRY, key)
        if not len(line):
            return None
        day: date = line["entry_date"][0].as_py()
        scores = ground.sql(_SCORE, [day, *key]).to_pylist()
        kept = Checkpoints(self.store, self.settings.history_start)
        graph = self._graphs.get((day, _closed(kept)), lambda: latest_graph(kept, day))
        return evidence(ground, graph, self.store.home, line, scores[0] if scores else None)


def _closed(kept: Checkpoints) -> tuple[tuple[date, int], ...]:
    """What changes when another history is kept."""
    return tuple((day, kept.folder(day).stat().st_mtime_ns) for day in sorted(kept.days()))

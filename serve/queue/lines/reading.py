"""Reading for the pages: one home as its tables stood at one moment, and the days that were asked for."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.night import record
from originrisk.serve.queue.lines import view
from originrisk.serve.queue.lines.beside import Placed
from originrisk.serve.queue.lines.day import Day
from originrisk.serve.queue.lines.ground import Ground
from originrisk.serve.queue.lines.kept import Kept
from originrisk.serve.queue.lines.line import Evidence, evidence
from originrisk.serve.queue.lines.links import latest_graph
from originrisk.serve.queue.lines.prepared import Prepared

_LATEST: Final = "SELECT max(entry_date) AS day FROM {scores}"
_DAY: Final = "SELECT entry_date FROM {days} WHERE entry_number = $1 AND line_number = $2"
_SCORE: Final = "SELECT * FROM {scores} WHERE entry_date = $1 AND entry_number = $2 AND line_number = $3"

Histories = tuple[tuple[date, int], ...]
"""Days of the histories that are kept, and when each was written."""


@dataclass(frozen=True, slots=True)
class State:
    """What pages are made from: versions of the tables, the live queue's day, the histories that are kept."""

    versions: tuple[tuple[str, int], ...]
    live: date | None
    histories: Histories


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads one home as it is at a state. `shown` is the day of the live queue; before the first night the latest
    that was scored; None without one."""

    kept: Checkpoints
    ground: Ground
    shown: date | None
    _days: Kept[Day] = field(default_factory=lambda: Kept(8))
    _graphs: Kept[Any] = field(default_factory=lambda: Kept(4))
    _placed: Kept[Placed] = field(default_factory=lambda: Kept(8))

    @classmethod
    def of(cls, kept: Checkpoints, state: State) -> "Reading":
        """The home at a state, with all that the pages of the day shown need."""
        ground = Ground(kept.store, dict(state.versions))
        read = cls(kept, ground, state.live or ground.sql(_LATEST, [])["day"][0].as_py())
        if read.shown:
            view.counts(read.day(read.shown))
            read.graph(read.shown)
        return read

    def day(self, of: date) -> Day:
        """A day."""
        return self._days.get(of, lambda: Day.of(self.ground, of))

    def graph(self, before: date) -> Any:
        """The graph of the newest history that was closed before a day; None without one."""
        return self._graphs.get(before, lambda: latest_graph(self.kept, before))

    def line(self, entry_number: str, line_number: int) -> Evidence | None:
        """A line with its evidence; None where the store has no such line."""
        key = entry_number, line_number
        days = self.ground.sql(_DAY, [*key])["entry_date"].to_pylist()
        if not days:
            return None
        day: date = days[0]
        line, scores = self.ground.entry(day, key), self.ground.sql(_SCORE, [day, *key]).to_pylist()
        placed = self._placed.get(day, lambda: Placed.of(self.ground, day))
        return evidence(self.ground, self.graph(day), line, scores[0] if scores else None, placed)


def prepared(settings: Settings, store: Store, patience: float = 1.0) -> Prepared[State, Reading]:
    """The reading of a home, made anew in the background whenever the home changes."""
    kept = Checkpoints(store, settings.history_start)
    return Prepared(lambda: _state(kept), lambda state: Reading.of(kept, state), patience)


def _state(kept: Checkpoints) -> State:
    histories = tuple((day, _written(kept.folder(day))) for day in sorted(kept.days()))
    return State(tuple(kept.store.versions().items()), record.live_day(kept.store.home), histories)


def _written(folder: Path) -> int:
    """When a history was written, ns; 0 while it is being replaced."""
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0

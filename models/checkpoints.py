"""Checkpoints: saved histories under the home folder, and whether the tables still say what these learned."""

import re
import shutil
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.console import progress
from originrisk.data.contract import EPOCH, LINE_KEY, ONE_DAY
from originrisk.data.settings import Settings
from originrisk.data.store import journal, lake
from originrisk.data.store.tables import Store
from originrisk.features.history.arrays import NamedArray, named_arrays
from originrisk.features.history.learner import HistoryLearner, Learners
from originrisk.features.history.replay import ObservedBatch, Outcomes, Timeline, close_days, replay, teach
from originrisk.features.history.state import LEARNERS, History
from originrisk.features.history.tallies import TALLIES, AggregateSpec
from originrisk.features.lines import Lines
from originrisk.features.lists import Listings
from originrisk.models import snapshot

KEPT: Final = 3
"""Months of which the latest checkpoint is kept, so that lines which come late do not mean a replay from the start."""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Saved histories of a store, each learned from `start` on. Hold the store's lock from reading to keeping.

    `name` is their folder in the home; `tallies` and `learners` are what they hold. One that is learned anew is split
    over `shards`; what goes on from a saved one keeps to that one's.
    """

    store: Store
    start: date
    name: str = "history"
    tallies: tuple[AggregateSpec, ...] = TALLIES
    learners: Learners = field(default_factory=lambda: LEARNERS)
    shards: int = 1

    @classmethod
    def of(cls, store: Store, settings: Settings) -> Self:
        """Those of a home, as its settings say."""
        return cls(store, settings.history_start, shards=settings.history_shards)

    def latest(self, before: date) -> History:
        """The newest saved history of a day before this one that the tables bear out; an empty one if none is.

        Raises ModelRefusedError where its files are damaged.
        """
        return self._of(self.latest_day(before))

    def _of(self, day: date | None) -> History:
        if day is None:
            return History(self.tallies, self.learners, self.store.pseudonym_key, self.shards)
        return snapshot.load(self.folder(day), self.store.pseudonym_key, tallies=self.tallies, learners=self.learners)

    def latest_day(self, before: date) -> date | None:
        """The day of that history; None if there is none."""
        for day in sorted(self.days(), reverse=True):
            if day < before and self._borne_out(snapshot.read_manifest(self.folder(day)), day):
                return day
        return None

    def entries(self, history: History, until: date) -> pa.Table:
        """Lines that a replay of `history` up to `until` meets: entered, received or found out after its day."""
        if history.day is None:
            return self.store.entries(self.start, until)
        day = EPOCH + timedelta(history.day)
        return pa.concat_tables([self._still_to_learn(day), self.store.entries(day + ONE_DAY, until)])

    def replay(self, history: History, entries: pa.Table, until: date, *, kept: bool = True) -> Iterator[ObservedBatch]:
        """Replay up to `until`, keeping the history of that day and of the latest months' ends.

        Not `kept`, the history is for this run alone: the day may still get lines.
        """
        lines = Lines.of(entries)
        outcomes = Outcomes.of(lines, self.store.outcomes())
        listings = self.listings()
        for stop in stops(history.day, until) if kept else [until]:
            yield from replay(history, lines, outcomes, (stop - EPOCH).days, listings)
            if kept and history.day is not None:
                self.keep(history)

    def close(self, history: History, entries: pa.Table, days: Collection[date]) -> Iterator[date]:
        """Close the days up to each of these, where nobody asks what lines saw: much cheaper than a replay.

        Yields each while the history stands at its close; keeps none.
        """
        lines = Lines.of(entries)
        outcomes, listings = Outcomes.of(lines, self.store.outcomes()), self.listings()
        for day in sorted(days):
            close_days(history, lines, outcomes, (day - EPOCH).days, listings)
            yield day

    def bring_to(self, day: date) -> int:
        """Close and keep the days up to this one that are still open; the number of lines that were read for it."""
        if (last := self.latest_day(day + ONE_DAY)) == day:
            return 0
        history = self._of(last)
        entries = self.entries(history, day)
        for stop in self.close(history, entries, stops(history.day, day)):
            if history.day is not None:
                self.keep_arrays(named_arrays(history, surrendered=stop == day), history.day)
        return len(entries)

    def learner(self, name: str, last: date) -> HistoryLearner:
        """One learner as of the close of a day: the latest checkpoint's, taught what is lacking since."""
        history, until = self.latest(last + ONE_DAY), (last - EPOCH).days
        lines = Lines.of(self.entries(history, last)).under(history.pseudonym_key)
        learner = history.learners[name]
        if lines.size:
            timeline, listings = Timeline(lines, Outcomes.of(lines, self.store.outcomes())), self.listings()
            first = timeline.first if history.day is None else history.day + 1
            with progress(f"Learning {name}", until + 1 - first) as advance:
                for day in range(first, until + 1):
                    teach(learner, timeline, day, listings)
                    advance(1)
        return learner

    def keep(self, history: History) -> None:
        """Save a history that learned the tables as they stand; beside it the latest of each month stays, of KEPT
        months."""
        assert history.day is not None
        self.keep_arrays(named_arrays(history), history.day)

    def keep_arrays(self, arrays: Iterable[NamedArray], number: int) -> None:
        """As `keep`, from the arrays of a history that closed this day (days since 1970)."""
        day = EPOCH + timedelta(number)
        snapshot.write(arrays, number, self.folder(day), self._basis())
        newest = {f"{kept:%Y-%m}": kept for kept in sorted(self.days())}
        for old in self.days() - {day, *sorted(newest.values())[-KEPT:]}:
            snapshot.remove(self.folder(old))

    def days(self) -> set[date]:
        """Days after which a history was saved."""
        return {date.fromisoformat(path.name) for path in (self.store.home / self.name).glob("????-??-??")}

    def folder(self, day: date) -> Path:
        """Where the history of a day is saved."""
        return self.store.home / self.name / day.isoformat()

    def listings(self) -> Listings:
        """Parties under an order, and decisions about parties, as they stand."""
        return Listings.known(self.store.listed(), journal.read_decisions(self.store.home))

    def _basis(self) -> dict[str, Any]:
        versions = self.store.versions()
        return {
            "start": self.start.isoformat(),
            "pseudonym_key": snapshot.fingerprint(self.store.pseudonym_key),
            "decided": len(journal.read_decisions(self.store.home)),
            **{name: versions.get(name) for name in ("entries", "outcomes", "listed")},
        }

    def _borne_out(self, manifest: dict[str, Any], day: date) -> bool:
        """Whether the tables still hold, of what was known by `day`, just what they held when it was learned."""
        then, now = manifest["basis"], self._basis()
        if not snapshot.own(manifest) or any(then.get(name) != now[name] for name in ("start", "pseudonym_key")):
            return False
        return then == now or (
            self._same_entries(then["entries"], day)
            and self._same_outcomes(then["outcomes"], day)
            and self._same_listed(then["listed"], day)
            and all(one.on > day for one in journal.read_decisions(self.store.home)[then["decided"] :])
        )

    def _same_entries(self, version: int, day: date) -> bool:
        table = self.store.home / "lake" / "entries"
        changed = set(lake.files(table)) ^ set(lake.files(table, version=version))
        months = {found[1] for file in changed if (found := re.search(r"entry_month=(\d{4}-\d{2})", file))}
        for first, end in (_month(month) for month in months if month <= f"{day:%Y-%m}"):
            last = min(end, day)  # no line is learned before its own day
            then, now = self.store.entries(first, last, version=version), self.store.entries(first, last)
            if _learned(then, day) != _learned(now, day):
                return False
        return True

    def _same_outcomes(self, version: int | None, day: date) -> bool:
        now = self.store.outcomes()
        then = now.slice(0, 0) if version is None else self.store.outcomes(version=version)
        return bool(_found_out(then, day) == _found_out(now, day))

    def _same_listed(self, version: int | None, day: date) -> bool:
        now = self.store.listed()
        then = now.slice(0, 0) if version is None else self.store.listed(version=version)
        number = (day - EPOCH).days
        return Listings.known(then).as_of(number) == Listings.known(now).as_of(number)

    def _still_to_learn(self, day: date) -> pa.Table:
        """Lines entered by `day` that were received, or whose outcome became known, after it."""
        light = self.store.entries(self.start, day, columns=[*LINE_KEY, "entry_date", "received_on"])
        outcomes = self.store.outcomes()
        later = outcomes.filter(pc.greater(outcomes["outcome_date"], pa.scalar(day, pa.date32())))
        late = light.filter(pc.greater(light["received_on"], pa.scalar(day, pa.date32())))
        examined = light.join(later.select(LINE_KEY), LINE_KEY, join_type="left semi")
        wanted = pa.concat_tables([late, examined])
        bounds = pc.min_max(wanted["entry_date"]).as_py()
        if not len(wanted):
            return self.store.entries(day, day).slice(0, 0)
        old = self.store.entries(bounds["min"], bounds["max"])
        met = old.join(wanted.select(LINE_KEY), LINE_KEY, join_type="left semi")
        return met.sort_by([(name, "ascending") for name in ("entry_date", *LINE_KEY)])


def sweep(home: Path) -> None:
    """Remove what a killed run had staged beside the histories. Hold the store's lock."""
    for left in chain(*((home / name).glob(f"{snapshot.STAGED}*") for name in ("history", "parties"))):
        shutil.rmtree(left)


def stops(closed: int | None, until: date) -> list[date]:
    """Days whose histories are kept, as far as they are not closed: the last ends of months before `until`, and it."""
    ends: list[date] = []
    end = until.replace(day=1) - ONE_DAY
    while len(ends) < KEPT - 1 and end > (EPOCH if closed is None else EPOCH + timedelta(closed)):
        ends.append(end)
        end = end.replace(day=1) - ONE_DAY
    return [*reversed(ends), until]


def _month(month: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _learned(entries: pa.Table, day: date) -> pa.Table:
    learned_on = pc.max_element_wise(entries["entry_date"], entries["received_on"])
    return entries.filter(pc.less_equal(learned_on, pa.scalar(day, pa.date32())))


def _found_out(outcomes: pa.Table, day: date) -> pa.Table:
    known = outcomes.filter(pc.less_equal(outcomes["outcome_date"], pa.scalar(day, pa.date32())))
    return known.select([*LINE_KEY, "outcome_date", "result", "method", "disposition"])

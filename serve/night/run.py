"""A night from its start to its end: the story on one screen. After a crash it goes on from the last finished step."""

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from originrisk.data.contract import ENTRIES, LISTED, ONE_DAY, OUTCOMES
from originrisk.data.errors import WARNED, OriginRiskError, Problem, UsageError, exit_code_of
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.models.bundle import load
from originrisk.models.checkpoints import sweep
from originrisk.models.registry import bundle_path, champion_path
from originrisk.serve.cluster.engine import Engine
from originrisk.serve.night import record, report, steps
from originrisk.serve.night.record import Manifest, folder_of
from originrisk.serve.night.steps import NightWork, check, close, publish, score
from originrisk.serve.scoring import ranking


def basis(settings: Settings, store: Store, model: str, day: date) -> dict[str, Any]:
    """Versions of the tables read (absent ones left out), the model's, and a digest of the rules of this day."""
    versions = store.versions()
    tables = {name: versions[name] for name in (ENTRIES.name, OUTCOMES.name, LISTED.name) if name in versions}
    holding = [one for one in ranking.suppressions(store.home) if one.on <= day < one.until]
    rules = [settings.score.model_dump_json(), settings.night.model_dump_json(), str(settings.history_start)]
    digest = hashlib.sha256("\n".join([*rules, *(one.model_dump_json() for one in holding)]).encode())
    return {"tables": tables, "model": model, "rules": digest.hexdigest()[:16]}


SUCCESS: Final = 0
STEPS: Final[dict[str, Callable[[NightWork], dict[str, Any]]]] = {
    "close": close,
    "check": check,
    "score": score,
    "publish": publish,
}


@dataclass(slots=True)
class Night:
    """One night under the store's lock."""

    settings: Settings
    store: Store
    day: date
    live: bool
    engine: Engine | None = None

    def run(self) -> Manifest:
        """Everything that is still to be done for the day; raises what made it end early, after writing it down."""
        manifest = Manifest.read(self.store.home, self.day)
        if manifest and self._stands(manifest):
            record.log_event(self.store.home, "nothing to do", date=str(self.day))
            return manifest
        if manifest is None or manifest.ended:
            manifest = self._begin(manifest)
        try:
            self._work(manifest)
            _end(self.store, manifest, *_outcome(manifest))
        except OriginRiskError as error:
            with suppress(OSError):
                _end(self.store, manifest, "refused", error.exit_code, [str(one) for one in error.problems])
            raise
        except Exception as error:
            with suppress(OSError):
                _end(self.store, manifest, "failed", exit_code_of(error), [type(error).__name__])
            raise
        return manifest

    def _stands(self, manifest: Manifest) -> bool:
        """Whether an earlier run published what this one would."""
        ended = manifest.ended
        if ended is None or ended["exit_code"] not in {SUCCESS, WARNED} or self._files():
            return False
        model = champion_path(self.store.home).name
        return bool(manifest.content["basis"] == basis(self.settings, self.store, model, self.day))

    def _files(self) -> list[steps.File]:
        return steps.arrived(self.store.home) if self.live else []

    def _begin(self, before: Manifest | None) -> Manifest:
        """Fix what the night starts from. Counts of files taken in by an earlier attempt still count."""
        manifest = Manifest(
            folder_of(self.store.home, self.day),
            {
                "date": str(self.day),
                "live": self.live,
                "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "model": champion_path(self.store.home).name,
                "files": self._files(),
                "counts": before.content["counts"] if before else {},
                "basis": {},
                "steps": {},
            },
        )
        manifest.write()
        return manifest

    def _work(self, manifest: Manifest) -> None:
        bundle = load(bundle_path(self.store.home, manifest.content["model"]))
        self._ingest(manifest)
        current = basis(self.settings, self.store, bundle.version, self.day)
        if manifest.content["basis"] != current:  # the first time, or the tables changed after a crash
            manifest.content["basis"] = current
            manifest.forget(tuple(STEPS))
        work = NightWork(self.settings, self.store, self.day, bundle, manifest, self.engine)
        for name, step in STEPS.items():
            if not manifest.done(name):
                self._timed(manifest, name, lambda step=step: step(work))  # type: ignore[misc]
        if self.live:
            record.move_live_day(self.store.home, self.day, bundle.version)

    def _ingest(self, manifest: Manifest) -> None:
        files = manifest.content["files"]
        if not manifest.done("ingest"):

            def take_in() -> dict[str, Any]:
                taken = steps.take_in(self.store, files, self.settings.night.mapping, self.settings.read)
                manifest.content["counts"] = taken.counts or manifest.content["counts"]
                manifest.content |= {"refused": taken.refused, "warnings": taken.warnings}
                return {"files": len(files)}

            self._timed(manifest, "ingest", take_in)
        steps.put_away(self.store.home, files, manifest.content.get("refused", ()), manifest.folder)

    def _timed(self, manifest: Manifest, name: str, step: Callable[[], dict[str, Any]]) -> None:
        start = time.perf_counter()
        figures = step()
        seconds = round(time.perf_counter() - start, 3)
        manifest.note(name, {**figures, "seconds": seconds})
        record.log_event(self.store.home, "step", date=str(self.day), step=name, seconds=seconds)


def run_night(settings: Settings, day: date, engine: Engine | None = None) -> Manifest:
    """The night of a day: take in what arrived, score the day, publish it, move the live queue on to it.

    Raises GateRefusedError where the quality gate stops it: nothing is published then. AlreadyRunningError while
    another run holds the store, ModelRefusedError without a sound champion, BadInputError for folders of the
    inbox that are no table's. A file that cannot be read is set aside, and the night ends with a warning.
    """
    store = Store(settings.home, settings.memory_limit_gb)
    with store.writing():
        sweep(store.home)
        return Night(settings, store, day, live=True, engine=engine).run()


def backfill(settings: Settings, start: date, end: date, engine: Engine | None = None) -> list[Manifest]:
    """Nights of past days, in order, from what is in the store. Neither inbox nor champion nor live queue move.

    Raises UsageError for a period that reaches the day of the live queue, and else as `run_night`.
    """
    store = Store(settings.home, settings.memory_limit_gb)
    with store.writing():
        shown = record.live_day(settings.home)
        if shown is not None and end >= shown:
            raise UsageError(Problem("--to", f"a day before the live queue's, {shown}", str(end)))
        days = (start + number * ONE_DAY for number in range((end - start).days + 1))
        return [Night(settings, store, day, live=False, engine=engine).run() for day in days]


def _outcome(manifest: Manifest) -> tuple[str, int, list[str]]:
    raised = [row for row in report.measures(manifest) if row["verdict"] != "ok"]
    why = [f"{row['name']} {row['about']}".strip() for row in raised]
    why += manifest.content.get("warnings", [])
    return ("published with warnings", WARNED, why) if why else ("published", SUCCESS, [])


def _end(store: Store, manifest: Manifest, outcome: str, exit_code: int, why: list[str]) -> None:
    """Say how it went: in the record, in the report, in the metrics and in the log."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    manifest.content["ended"] = {"outcome": outcome, "exit_code": exit_code, "why": why, "at": now}
    report.write_report(manifest)
    report.write_metrics(store.home, manifest)
    record.log_event(store.home, "ended", date=manifest.content["date"], outcome=outcome, exit_code=exit_code)
    manifest.write()

"""Days closed on an engine: the tallies and each learner learn apart, as tasks; together they are the history."""

import json
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from originrisk.data.contract import EPOCH
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.history.arrays import NamedArray, named_arrays
from originrisk.features.history.state import LEARNERS, History
from originrisk.features.history.tallies import TALLIES
from originrisk.models import snapshot
from originrisk.models.checkpoints import Checkpoints, stops
from originrisk.serve.cluster.engine import Engine, Task, task_fields

ALL_TALLIES: Final = "tallies"
SHARES: Final = (ALL_TALLIES, *LEARNERS)


class LearnTask(Task):
    """One of SHARES, that learns from after the history in `since` (None: from the start) up to each of `days`."""

    share: str
    since: Path | None
    days: tuple[date, ...]
    staging: Path

    def known(self) -> History:
        """The share of the history that is known so far."""
        tallies = TALLIES if self.share == ALL_TALLIES else ()
        learners = {name: make for name, make in LEARNERS.items() if name == self.share}
        if self.since is None:
            return History(tallies, learners, self.checkpoints.store.pseudonym_key, self.history_shards)
        return snapshot.load(self.since, self.checkpoints.store.pseudonym_key, tallies=tallies, learners=learners)

    def own(self, history: History) -> dict[str, npt.NDArray[Any]]:
        """The arrays that this share learned."""
        tallies = self.share == ALL_TALLIES
        return {name: array for name, array in named_arrays(history) if tallies or name.startswith(f"{self.share}.")}


def learn(item: str) -> bytes:
    """For each day of a share, as JSON: the file of its arrays, and the day closed, None before the first line."""
    share = LearnTask.model_validate_json(item)
    history = share.known()
    entries = share.checkpoints.entries(history, max(share.days))
    files: list[tuple[str, int | None]] = []
    for _ in share.checkpoints.close(history, entries, share.days):
        # a task that is run again writes beside its first try
        file = share.staging / f"{share.share}-{uuid4()}.npz"
        np.savez(file, allow_pickle=False, **share.own(history))
        files.append((str(file), history.day))
    return json.dumps(files).encode()


def close(
    engine: Engine, settings: Settings, checkpoints: Checkpoints, days: Collection[date], staging: Path
) -> Iterator[tuple[date, int | None, Iterator[NamedArray]]]:
    """The history of each of these days as arrays, and the day that it closed, None before the first line.

    Starts from the latest checkpoint, and keeps what a night of the last day would.
    """
    latest = checkpoints.latest_day(min(days) + timedelta(1))
    kept = stops(None if latest is None else (latest - EPOCH).days, max(days))
    wanted = sorted({*days, *kept})
    told = {**task_fields(settings), "since": latest and checkpoints.folder(latest), "days": wanted, "staging": staging}
    items = [LearnTask.model_validate({**told, "share": share}).model_dump_json() for share in SHARES]
    learned = [json.loads(answer) for answer in engine.run(learn, items)]
    for day, files in zip(wanted, zip(*learned, strict=True), strict=True):
        closed, parts = files[0][1], [Path(file) for file, _ in files]
        if day in kept and closed is not None:
            checkpoints.keep_arrays(_read(parts), closed)
        if day in days:
            yield day, closed, _read(parts)


def close_until(settings: Settings, day: date, engine: Engine | None = None) -> dict[str, str | None]:
    """Close and keep the days up to this one: its `history_date`, None where there are no lines, and its `folder`.

    Raises AlreadyRunningError while another run writes.
    """
    store = Store(settings.home, settings.memory_limit_gb)
    checkpoints = Checkpoints.of(store, settings)
    with store.writing() as staging:
        if engine is None:
            checkpoints.bring_to(day)
        else:
            for _ in close(engine, settings, checkpoints, [day], staging):
                pass
        last = checkpoints.latest_day(day + timedelta(1))
    if last is None:
        return {"history_date": None, "folder": None}
    return {"history_date": str(last), "folder": str(checkpoints.folder(last))}


def _read(parts: list[Path]) -> Iterator[NamedArray]:
    for part in parts:
        with np.load(part, allow_pickle=False) as arrays:
            yield from ((name, arrays[name]) for name in arrays.files)

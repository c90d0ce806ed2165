"""Scoring on an engine: a single day by its lines, a period by runs of days, each with the history saved before it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from originrisk.data.contract import ONE_DAY, SCORES
from originrisk.data.settings import Settings
from originrisk.features.catalogue import compute
from originrisk.features.history.counts import State
from originrisk.features.history.replay import ObservedBatch
from originrisk.features.history.state import History
from originrisk.features.history.view import see
from originrisk.features.lines import Bools, Floats, Lines
from originrisk.models import snapshot
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.cluster.close_days import close
from originrisk.serve.cluster.engine import (
    Engine,
    ScoringTask,
    Task,
    packed,
    saved_history,
    scoring_fields,
    task_fields,
    unpacked,
)
from originrisk.serve.scoring.ranking import Capacity
from originrisk.serve.scoring.scorer import DayScores, Part, Scorer

LINES_OF_TASK = 20_000
"""Lines of a task: long enough to spare calls, short enough to stay in memory and to be done again."""

BARRED = "barred"


class LinesTask(ScoringTask):
    """Lines of a day, kept in a file with whether they are barred; `history` is the folder of the day before's.

    `in_order` and `by_lot` are the places of the whole day, by pool.
    """

    lines: Path
    history: Path
    shards: int
    in_order: tuple[int, ...]
    by_lot: tuple[int, ...]

    def table(self) -> tuple[pa.Table, Bools]:
        """The lines, and which are barred."""
        stored = pq.read_table(self.lines)
        return stored.drop_columns([BARRED]), np.asarray(stored[BARRED])


def score_lines(engine: Engine, settings: Settings, scores: DayScores, history: Path, staging: Path) -> None:
    """Score all lines of a day. `history` is a folder that a snapshot of the day before was saved in.

    Of one in several shards no worker needs the whole: each shard is asked what it holds of the lines, and who scores
    some of them puts the answers together.
    """
    told, shards = {**scoring_fields(settings, scores.bundle.version), "history": history}, snapshot.shards_in(history)
    places = {"in_order": scores.capacity.in_order.tolist(), "by_lot": scores.capacity.by_lot.tolist()}
    marked, files = scores.lines.append_column(BARRED, pa.array(scores.barred)), list[Path]()
    for number, first in enumerate(range(0, len(marked), LINES_OF_TASK)):
        files.append(staging / f"lines-{number:06d}.parquet")
        pq.write_table(marked.slice(first, LINES_OF_TASK), files[-1])
    if shards > 1:
        asked = {**task_fields(settings), "history": history, "files": files}
        for _ in engine.run(
            ask_shard, [AskTask.model_validate({**asked, "shard": one}).model_dump_json() for one in range(shards)]
        ):
            pass
    items = [
        LinesTask.model_validate({**told, **places, "shards": shards, "lines": file}).model_dump_json()
        for file in files
    ]
    for number, answer in enumerate(engine.run(score_lines_task, items)):
        scores.join(number * LINES_OF_TASK, Part.of(unpacked(answer)))


def score_lines_task(item: str) -> bytes:
    """Score a task's lines: what `DayScores.part` gives, as arrays."""
    task = LinesTask.model_validate_json(item)
    table, barred = task.table()
    scorer = task.scorer()
    places = {"in_order": np.array(task.in_order), "by_lot": np.array(task.by_lot)}
    capacity = replace(Capacity.of(table, task.score), **places)
    scores = DayScores(table, scorer.bundle, task.score, barred, capacity)
    scores.take(np.arange(len(table)), features_of(task, table))
    return packed(scores.part().arrays())


def features_of(task: LinesTask, table: pa.Table) -> Floats:
    """Features of a task's lines (n, features), as its history sees them."""
    lines, checkpoints = Lines.of(table), task.checkpoints
    shard = snapshot.NO_SHARD if task.shards > 1 else None
    history = saved_history(task.history, checkpoints.store.pseudonym_key, shard)
    told = _answers(history, task, len(table)) if task.shards > 1 else None
    return compute(lines, see(history, lines, checkpoints.listings(), told))


class AskTask(Task):
    """One shard of the history in a folder, to be asked for what it holds of the lines in each of these files."""

    history: Path
    shard: int
    files: tuple[Path, ...]


def ask_shard(item: str) -> bytes:
    """Beside each file of lines, what the shard holds of them: of each group of tallies the cells and their state."""
    task = AskTask.model_validate_json(item)
    history = saved_history(task.history, task.store.pseudonym_key, task.shard)
    for file in task.files:
        lines = Lines.of(pq.read_table(file)).under(history.pseudonym_key)
        held: dict[str, npt.NDArray[Any]] = {}
        for number, (group, state) in enumerate(zip(history.groups, history.state(history.find(lines)), strict=True)):
            cells = state.reshape(-1, len(group.counts.columns))
            held[f"{number}.places"] = np.flatnonzero(cells.any(axis=1))
            held[f"{number}.cells"] = cells[held[f"{number}.places"]]
        answer = _answer_file(file, task.shard)
        fresh = answer.with_suffix(f".{uuid4()}")  # a task may run twice at once
        fresh.write_bytes(packed(held))
        fresh.replace(answer)
    return b""


def _answer_file(lines: Path, shard: int) -> Path:
    return lines.with_suffix(f".{shard}.npz")


def _answers(history: History, task: LinesTask, size: int) -> list[State]:
    """What all shards together hold of a task's lines: each key is in one of them."""
    told = [np.zeros((size, len(of.keys), len(of.counts.columns)), of.counts.dtype) for of in history.groups]
    for shard in range(task.shards):
        answer = unpacked(_answer_file(task.lines, shard).read_bytes())
        for number, state in enumerate(told):
            state.reshape(-1, state.shape[2])[answer[f"{number}.places"]] = answer[f"{number}.cells"]
    return told


class DaysTask(ScoringTask):
    """Days `first` to `last`; `history` is the folder of what was known before."""

    first: date
    last: date
    history: Path

    def entries(self, history: History) -> pa.Table:
        """The lines that the replay meets."""
        return self.checkpoints.entries(history, self.last)

    def known(self) -> History:
        """What was known before the first day."""
        return snapshot.load(self.history, self.checkpoints.store.pseudonym_key)

    def seen(self, history: History, entries: pa.Table) -> Iterator[ObservedBatch]:
        """The lines as they were seen."""
        return self.checkpoints.replay(history, entries, self.last, kept=False)


def score_runs(engine: Engine, items: list[str]) -> Iterator[pa.Table]:
    """Scores of each day that has lines, in order of day."""
    for answer in engine.run(score_days_task, items):
        scores = pa.ipc.open_stream(answer).read_all()
        days = np.asarray(scores["entry_date"].cast(pa.int32()))
        for day in np.unique(days):
            yield scores.take(np.flatnonzero(days == day))


def score_days_task(item: str) -> bytes:
    """Scores of a task in the contract's columns, an Arrow stream."""
    task = DaysTask.model_validate_json(item)
    history = task.known()
    entries = task.entries(history)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, SCORES.schema) as stream:
        for scores in task.scorer().tables(entries, task.seen(history, entries), task.first):
            stream.write_table(scores)
    return bytes(sink.getvalue())


def days_tasks(engine: Engine, scorer: Scorer, start: date, end: date, *, size: int, staging: Path) -> list[str]:
    """Close the days up to `end`, and save what was known before each run of days of `start` to `end`.

    Runs have about `size` lines each.
    """
    checkpoints = Checkpoints.of(scorer.store, scorer.settings)
    days = scorer.store.entries(start, end, columns=["entry_date"])["entry_date"]
    firsts = sorted({start, *(days[place].as_py() for place in range(size, len(days), size))})
    folders = {first - ONE_DAY: staging / f"history-{first}" for first in firsts}
    for day, closed, arrays in close(engine, scorer.settings, checkpoints, {*folders, end}, staging):
        if day in folders:
            snapshot.write(arrays, closed, folders[day], {})
    lasts = [*(first - ONE_DAY for first in firsts[1:]), end]
    told = scoring_fields(scorer.settings, scorer.bundle.version)
    return [
        DaysTask.model_validate({**told, "first": first, "last": last, "history": folder}).model_dump_json()
        for first, last, folder in zip(firsts, lasts, folders.values(), strict=True)
    ]


LINES_OF_RUN = 50_000
"""Lines of a run, about: each begins with reading a whole history."""


def score_on(engine: Engine, scorer: Scorer, start: date, end: date, staging: Path) -> Iterator[pa.Table]:
    """Scores of each day from `start` to `end` that has lines."""
    if start == end:
        for scores in score_day_on(engine, scorer, start, staging):
            yield scores.table(start, scorer.store)
    else:
        yield from score_runs(engine, days_tasks(engine, scorer, start, end, size=LINES_OF_RUN, staging=staging))


def score_day_on(engine: Engine, scorer: Scorer, day: date, staging: Path) -> Iterator[DayScores]:
    """The scores of a day, if it has lines: the days before it are closed here, then the workers see its lines."""
    checkpoints = Checkpoints.of(scorer.store, scorer.settings)
    checkpoints.bring_to(day - ONE_DAY)
    if len(lines := scorer.store.entries(day, day)):
        scores = scorer.day(day, lines)
        if (last := checkpoints.latest_day(day)) is not None:
            folder = checkpoints.folder(last)
        else:  # one that learned nothing is no checkpoint
            folder = staging / "nothing"
            snapshot.save(History(), folder, {})
        score_lines(engine, scorer.settings, scores, folder, staging)
        yield scores

"""Engines, which run one task over many items here or on a cluster, and what every task is told."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from originrisk.data.settings import ScoreSettings, Settings
from originrisk.data.store.tables import Store
from originrisk.features.history.state import History
from originrisk.models import bundle, snapshot
from originrisk.models.bundle import Bundle
from originrisk.models.checkpoints import Checkpoints
from originrisk.models.registry import bundle_path
from originrisk.serve.scoring.scorer import Scorer

Arrays = Mapping[str, npt.NDArray[Any]]

TaskFunction = Callable[[str], bytes]
"""A function of a module that workers import: from one item, as JSON, to an answer in bytes.

What it needs beside the item it reads from the home folder, which all workers reach under one path.
"""


class Engine(Protocol):
    """Runs tasks. A task may run twice, or again elsewhere: it changes nothing that others read."""

    def run(self, task: TaskFunction, items: Sequence[str]) -> Iterable[bytes]:
        """The answer to each item, in their order. Raises the OriginRiskError that a task raised."""


class InTurn:
    """One item after the other, in this process."""

    def run(self, task: TaskFunction, items: Sequence[str]) -> Iterator[bytes]:
        """As `Engine.run`."""
        return map(task, items)


def packed(arrays: Arrays) -> bytes:
    """Arrays by name, as an answer."""
    answer = io.BytesIO()
    np.savez(answer, allow_pickle=False, **arrays)
    return answer.getvalue()


def unpacked(answer: bytes) -> Arrays:
    """The arrays of an answer."""
    with np.load(io.BytesIO(answer), allow_pickle=False) as arrays:
        return dict(arrays)


class Task(BaseModel):
    """A share of work as JSON. A worker keeps to the rules told here, whatever its own environment says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path
    memory_limit_gb: float
    history_start: date
    history_shards: int

    @cached_property
    def store(self) -> Store:
        """The store, to be read."""
        return Store(self.home, self.memory_limit_gb)

    @property
    def checkpoints(self) -> Checkpoints:
        """The store's histories, to be read."""
        return Checkpoints(self.store, self.history_start, shards=self.history_shards)


class ScoringTask(Task):
    """A share of lines to be scored, with which model and under which rules."""

    score: ScoreSettings
    model: str

    def scorer(self) -> Scorer:
        """What scores days here. Raises ModelRefusedError where the model is unsound."""
        settings = Settings(home=self.home, history_start=self.history_start, score=self.score)
        return Scorer(self.store, settings, _model(bundle_path(self.home, self.model)))


def task_fields(settings: Settings) -> dict[str, object]:
    """The fields of all assignments of a run."""
    return settings.model_dump(include={"home", "memory_limit_gb", "history_start", "history_shards"})


def scoring_fields(settings: Settings, model: str) -> dict[str, object]:
    """The fields of all that are to be scored."""
    return {**task_fields(settings), "score": settings.score.model_dump(), "model": model}


def saved_history(folder: Path, pseudonym_key: bytes, shard: int | None = None) -> History:
    """A saved history or one of its shards, mapped. A worker reads each once."""
    return _mapped_history(folder, pseudonym_key, shard, (folder / snapshot.MANIFEST).read_bytes())


@cache
def _model(folder: Path) -> Bundle:
    return bundle.load(folder)


@cache
def _mapped_history(folder: Path, pseudonym_key: bytes, shard: int | None, _manifest: bytes) -> History:
    return snapshot.load(folder, pseudonym_key, shard=shard)

"""Spark as an engine: the one module that knows of it. What runs on its workers is what runs in one process."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from originrisk.data.errors import OriginRiskError, Problem, UsageError
from originrisk.data.settings import SparkSettings
from originrisk.serve.cluster.engine import TaskFunction

ANSWERS: Final = pa.schema([("number", pa.int64()), ("answer", pa.binary()), ("refused", pa.string())])
"""What tasks give: the number of the item, and the answer or what refused it."""
DDL: Final = "number long, answer binary, refused string"
REFUSALS: Final = {kind.__name__: kind for kind in OriginRiskError.__subclasses__()}


class Spark:
    """Runs each item as one task of a session."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session

    def run(self, task: TaskFunction, items: Sequence[str]) -> Iterator[bytes]:
        """As `Engine.run`; all answers are held at once."""
        numbers = self.session.range(0, len(items), 1, max(1, len(items)))
        rows = numbers.mapInArrow(_each(task, list(items)), DDL).toArrow().sort_by("number")
        if problems := [text for text in rows["refused"].to_pylist() if text]:
            kind, told = json.loads(problems[0])
            raise REFUSALS[kind]([Problem(*words) for words in told])
        return iter(rows["answer"].to_pylist())


@contextmanager
def spark(settings: SparkSettings, master: str | None = None) -> Iterator[Spark]:
    """A session for the block. Raises UsageError where the master cannot be reached."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    place = master or settings.master
    try:
        session = SparkSession.builder.master(place).appName("originrisk").config(map=settings.options)
        started = session.getOrCreate()
    except (Py4JError, PySparkException) as error:
        step = "Start it, and look at Spark's own words on standard error."
        raise UsageError(Problem("--master", "a Spark master that answers", place, step)) from error
    started.sparkContext.setLogLevel("ERROR")
    try:
        yield Spark(started)
    finally:
        started.stop()


def _each(task: TaskFunction, items: list[str]) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def answers(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch["id"].to_pylist():
                row = {"number": number, **_tried(task, items[number])}
                yield pa.RecordBatch.from_pylist([row], ANSWERS)

    return answers


def _tried(task: TaskFunction, item: str) -> dict[str, bytes | str]:
    """The answer, or the refusal: to try that again would change nothing."""
    try:
        return {"answer": task(item)}
    except OriginRiskError as error:
        problems = [[one.where, one.expected, one.found, one.next_step] for one in error.problems]
        return {"refused": json.dumps([type(error).__name__, problems])}

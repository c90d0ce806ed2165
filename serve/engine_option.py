"""The engine on the command line: this process, or Spark where its extra is installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from originrisk.data.settings import SparkSettings
    from originrisk.serve.engine import Engine

EngineName = Annotated[
    Literal["one", "spark"], typer.Option("--engine", help="one: this process; spark: a cluster's workers")
]
Master = Annotated[
    str | None, typer.Option("--master", help="Spark's master, such as local[2] or spark://HOST:7077")
]


@contextmanager
def engine_of(name: str, master: str | None, settings: "SparkSettings") -> "Iterator[Engine | None]":
    """The engine while the block runs; None for this process. Raises UsageError where there is none of that name."""
    from originrisk.data.errors import Problem, UsageError

    if name == "one":
        if master:
            raise UsageError(Problem("--master", "--engine spark beside it", "--engine one"))
        yield None
        return
    if find_spec("pyspark") is None:
        step = "Install the extra: pip install 'originrisk[spark]'."
        raise UsageError(Problem("--engine spark", "pyspark in this environment", "none", step))
    from originrisk.serve.spark import spark

    with spark(settings, master) as engine:
        yield engine

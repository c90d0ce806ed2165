"""What a person types and sees: common options, progress on standard error (terminals only), tables."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

WIDE = 160
"""Columns of a table that goes to a file or a pipe, which have no width of their own."""


@contextmanager
def progress(description: str, total: float | None) -> Iterator[Callable[[float], None]]:
    """A bar on standard error while the block runs; yields `advance(n)`. Silent elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(escape(description), total=total)
        yield lambda n: bar.advance(task, n)


@contextmanager
def standard_output_kept() -> Iterator[None]:
    """While the block runs, whatever libraries in C write to standard output goes to standard error.

    Standard output belongs to the one answer of a command; LightGBM warns on it from threads that heed no setting.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A table on standard output; cells are shown as text, never read as markup."""
    cells = [list(row) for row in rows]
    table = Table(title=escape(title), title_justify="left")
    for index, name in enumerate(columns):
        numeric = all(isinstance(row[index], int | float) for row in cells)
        table.add_column(escape(name), justify="right" if numeric else "left", overflow="fold")
    for row in cells:
        texts = (f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell) for cell in row)
        table.add_row(*(escape("".join(one if one.isprintable() else "·" for one in text)) for text in texts))
    console = Console()
    (console if console.is_terminal else Console(width=WIDE)).print(table)


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]


def day_option(flag: str, meaning: str) -> Any:
    """An option that takes a day."""
    return typer.Option(flag, help=meaning, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")

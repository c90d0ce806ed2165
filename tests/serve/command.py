"""A group of commands run as people run it, over a home."""

from collections.abc import Mapping
from pathlib import Path

import typer
from typer.testing import CliRunner


def run(groups: Mapping[str, typer.Typer], group: str, home: Path, *words: str) -> str:
    """What the command prints; it must succeed."""
    app = typer.Typer()

    @app.callback()
    def _home(ctx: typer.Context) -> None:
        ctx.obj = home

    app.add_typer(groups[group], name=group)
    done = CliRunner().invoke(app, [group, *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout

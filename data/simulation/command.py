"""`originrisk world`: writes a simulated world as files to be ingested, and its truth apart from them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from originrisk.data.console import Json


def world(
    ctx: typer.Context,
    *,
    lines: Annotated[int, typer.Option(min=500, help="Entry lines to simulate.")] = 100_000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed and settings: same bytes.")] = 0,
    start: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of entry.")] = None,
    end: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of entry.")] = None,
    variant: Annotated[str, typer.Option(help="Kind of world, see docs/world.md.")] = "default",
    as_json: Json = False,
) -> None:
    """Simulate a trade under HOME/world: entries/*.parquet, outcomes.parquet, listed.parquet, truth.parquet."""
    from originrisk.data.simulation.settings import settings_of
    from originrisk.data.simulation.world import write

    given = {"start": start and start.date(), "end": end and end.date()}
    settings = settings_of(
        variant, lines=lines, seed=seed, **{name: day for name, day in given.items() if day}
    )
    home: Path = ctx.obj
    counts = write(home / "world", settings)
    typer.echo(
        json.dumps(counts) if as_json else "\n".join(f"{name}: {count:,}" for name, count in counts.items())
    )

"""`originrisk world`: writes a simulated world as files to be ingested, and its truth apart from them."""

import json
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from data.world.settings import WorldSettings


def world(
    ctx: typer.Context,
    lines: Annotated[int, typer.Option(min=500, help="Entry lines to simulate.")] = 100_000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed and settings: same bytes.")] = 0,
    start: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of entry.")] = None,
    end: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of entry.")] = None,
    variant: Annotated[str, typer.Option(help="Kind of world, see docs/world.md.")] = "default",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Simulate a trade under HOME/world: entries/*.parquet, outcomes.parquet, listed.parquet, truth.parquet."""
    from data.world.variants import settings_of

    given = {"start": start and start.date(), "end": end and end.date()}
    settings = settings_of(
        variant, lines=lines, seed=seed, **{name: day for name, day in given.items() if day}
    )
    home: Path = ctx.obj
    counts = write(home / "world", settings)
    typer.echo(
        json.dumps(counts) if as_json else "\n".join(f"{name}: {count:,}" for name, count in counts.items())
    )


def write(folder: Path, settings: "WorldSettings") -> dict[str, int]:
    """Write a world's files; a world that stood in the folder is replaced whole. Returns rows by table."""
    import pyarrow.parquet as pq

    from data.console import progress
    from data.world.make import BATCH, write_down

    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix="world-", dir=folder.parent))
    (staged / "entries").mkdir()
    written = write_down(settings)
    with progress("declaring", -(-settings.lines // BATCH)) as advance:
        for number, batch in enumerate(written.entries()):
            pq.write_table(batch, staged / "entries" / f"part-{number:04d}.parquet")
            advance(1)
    tables = {"outcomes": written.outcomes(), "listed": written.listed(), "truth": written.truth()}
    for name, table in tables.items():
        pq.write_table(table, staged / f"{name}.parquet")
    shutil.rmtree(folder, ignore_errors=True)
    staged.rename(folder)
    return {"entries": settings.lines, **{name: table.num_rows for name, table in tables.items()}}

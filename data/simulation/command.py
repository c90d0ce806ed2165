"""`originrisk world` writes a simulated world, its truth apart; `originrisk truth` holds scores against the truth."""

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
    settings = settings_of(variant, lines=lines, seed=seed, **{name: day for name, day in given.items() if day})
    home: Path = ctx.obj
    counts = write(home / "world", settings)
    typer.echo(json.dumps(counts) if as_json else "\n".join(f"{name}: {count:,}" for name, count in counts.items()))


def truth(ctx: typer.Context, *, as_json: Json = False) -> None:
    """Hold the published scores of a simulated world against its truth: the level, tenth by tenth, and the order."""
    from originrisk.data.console import print_table
    from originrisk.data.simulation.world import scores_beside_truth

    told = scores_beside_truth(ctx.obj)
    if as_json:
        typer.echo(json.dumps(told))
        return
    rows = [
        (row["lines"], f"{row['probability']:.2%}", f"{row['true']:.2%} [{row['low']:.2%}, {row['high']:.2%}]")
        for row in (*told["tenths"], told["all"])
    ]
    columns = ("lines", "P(truth), mean", "truly from Xinjiang [95 %]")
    print_table("Published scores beside the simulated truth, by tenths of the score, last all", columns, rows)
    if told["auc"] is not None:
        typer.echo(f"Expected by true: {told['ratio']:.2f}; AUC against the truth {told['auc']:.3f}.")

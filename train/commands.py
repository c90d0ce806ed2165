"""Commands of those who make models. Everything heavy is imported when a command runs."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer


def train(
    ctx: typer.Context,
    *,
    cutoff: Annotated[
        datetime | None,
        typer.Option(
            help="last day whose lines and results may teach", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="same data and seed, same model")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object, nothing else")] = False,
) -> None:
    """Learn from the examinations known at the cut-off, judge the model on later ones, and keep it."""
    import json

    from data.settings import load_settings
    from train.report import print_training
    from train.run import train as run
    from train.tracking import record

    settings = load_settings(ctx.obj)
    trained = run(settings, cutoff.date() if cutoff else None, seed)
    run_id = record(settings.home, trained)
    if as_json:
        result = {"run_id": run_id, "model_version": trained.version, "metrics": trained.metrics()}
        typer.echo(json.dumps(result, allow_nan=False))
    else:
        print_training(trained, run_id)


COMMANDS: dict[str, Callable[..., Any]] = {"train": train}
GROUPS: dict[str, typer.Typer] = {}

"""Commands of those who make models. Everything heavy is imported when a command runs."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="print one JSON object, nothing else")]


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
    as_json: Json = False,
) -> None:
    """Learn from the examinations known at the cut-off, judge the model on later ones, and keep it."""
    import json

    from data.console import standard_output_kept
    from data.settings import load_settings
    from train.report import print_training
    from train.run import train as run
    from train.tracking import record

    settings = load_settings(ctx.obj)
    with standard_output_kept():
        trained = run(settings, cutoff.date() if cutoff else None, seed)
        run_id = record(settings.home, trained)
    if as_json:
        result = {"run_id": run_id, "model_version": trained.version, "metrics": trained.metrics()}
        typer.echo(json.dumps(result, allow_nan=False))
    else:
        print_training(trained, run_id)


def models(ctx: typer.Context, *, as_json: Json = False) -> None:
    """List the kept models, oldest first, and which one is in charge."""
    import json

    from data.console import print_table
    from data.settings import load_settings
    from models.bundle import described
    from models.registry import bundle_path, champion_version, versions

    home = load_settings(ctx.obj).home
    kept = {version: described(bundle_path(home, version)) for version in versions(home)}
    champion = champion_version(home)
    if as_json:
        typer.echo(json.dumps({"champion": champion, "models": kept}))
    else:
        rows = [
            (v, s["cutoff"], s["seed"], s["examples"], "champion" if v == champion else "")
            for v, s in kept.items()
        ]
        print_table("Models", ("version", "cut-off", "seed", "examples", ""), rows)


def promote(
    ctx: typer.Context,
    version: Annotated[str, typer.Argument(help="a version that `originrisk models` lists")],
    *,
    override: Annotated[str, typer.Option(help="why this model takes over; it is written to the log")],
) -> None:
    """Put a kept model in charge, or back in charge; who, when and why is logged."""
    import getpass

    from data.settings import load_settings
    from models.bundle import load
    from models.registry import bundle_path, promote

    home = load_settings(ctx.obj).home
    bundle = load(bundle_path(home, version))
    promote(home, version, why=override, who=getpass.getuser(), tables=bundle.settings["tables"])


COMMANDS: dict[str, Callable[..., Any]] = {"train": train, "models": models, "promote": promote}
GROUPS: dict[str, typer.Typer] = {}

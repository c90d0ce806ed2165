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
    promote: Annotated[
        bool, typer.Option("--promote", help="let it take over if it passes the gate")
    ] = False,
    as_json: Json = False,
) -> None:
    """Learn from the examinations known at the cut-off, judge the model on later ones, and keep it.

    The first model is champion at once; a later one is challenger until `originrisk promote`.
    """
    import json

    from data.console import standard_output_kept
    from data.settings import load_settings
    from models.registry import roles
    from train.promotion import decide, take_over
    from train.report import print_training
    from train.run import train as run
    from train.tracking import mirror, record

    settings = load_settings(ctx.obj)
    with standard_output_kept():
        trained = run(settings, cutoff.date() if cutoff else None, seed)
        run_id = record(settings.home, trained)
        if promote and trained.role != "champion":
            take_over(settings, decide(settings, trained.version))
            mirror(settings.home)
    if as_json:
        role = roles(settings.home)[trained.version]
        facts = {"run_id": run_id, "model_version": trained.version, "role": role}
        result = {**facts, "metrics": trained.metrics()}
        typer.echo(json.dumps(result, allow_nan=False))
    else:
        print_training(trained, run_id)


def models(ctx: typer.Context, *, as_json: Json = False) -> None:
    """List the kept models, oldest first, and the role of each."""
    import json

    from data.console import print_table
    from data.settings import load_settings
    from models.bundle import described
    from models.registry import bundle_path, champion_version, roles

    home = load_settings(ctx.obj).home
    kept = {v: {**described(bundle_path(home, v)), "role": role} for v, role in roles(home).items()}
    if as_json:
        typer.echo(json.dumps({"champion": champion_version(home), "models": kept}))
    else:
        names = ("cutoff", "seed", "examples", "role")
        rows = [(v, *(said[name] for name in names)) for v, said in kept.items()]
        print_table("Models", ("version", "cut-off", "seed", "examples", "role"), rows)


def promote(
    ctx: typer.Context,
    version: Annotated[str, typer.Argument(help="a version that `originrisk models` lists")],
    *,
    override: Annotated[
        str | None, typer.Option(metavar="REASON", help="take over without the gate; the reason is logged")
    ] = None,
    as_json: Json = False,
) -> None:
    """Let a model take over if it passes the gate: beside the champion, on what was found since both were made."""
    from data.settings import load_settings
    from train.promotion import decide, overrule, take_over
    from train.report import print_decision, print_promoted
    from train.tracking import mirror

    settings = load_settings(ctx.obj)
    if override is not None:
        overrule(settings, version, override)
        mirror(settings.home)
        print_promoted(version, as_json=as_json)
        return
    decision = decide(settings, version)
    print_decision(decision, as_json=as_json)
    take_over(settings, decision)
    mirror(settings.home)


def rollback(
    ctx: typer.Context,
    *,
    why: Annotated[str, typer.Option(help="the reason; it is written to the log")],
    as_json: Json = False,
) -> None:
    """Put the champion before the present one back in charge, at once and without the gate."""
    from data.settings import load_settings
    from train.promotion import roll_back
    from train.report import print_promoted
    from train.tracking import mirror

    settings = load_settings(ctx.obj)
    version = roll_back(settings, why)
    mirror(settings.home)
    print_promoted(version, as_json=as_json)


COMMANDS: dict[str, Callable[..., Any]] = {
    "train": train,
    "models": models,
    "promote": promote,
    "rollback": rollback,
}
GROUPS: dict[str, typer.Typer] = {}

"""Commands of those who use the scores. Everything heavy is imported when a command runs."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from originrisk.data.console import Json, day_option
from originrisk.data.lists.commands import lists
from originrisk.serve import links_commands, lists_commands, night_commands, parties_commands
from originrisk.serve.engine_option import EngineName, Master, engine_of
from originrisk.serve.online import commands as online_commands
from originrisk.serve.period import period
from originrisk.serve.queue import commands as queue_commands


def score(
    ctx: typer.Context,
    *,
    day: Annotated[datetime | None, day_option("--date", "the day to score")] = None,
    start: Annotated[datetime | None, day_option("--from", "first day of a period")] = None,
    end: Annotated[datetime | None, day_option("--to", "last day of a period")] = None,
    out: Annotated[Path | None, typer.Option(help="write all scores to FILE.csv or FILE.parquet")] = None,
    engine: EngineName = "one",
    master: Master = None,
    as_json: Json = False,
) -> None:
    """Score the lines of a day, or of a period day by day, each day with what was known before it."""
    import json

    from originrisk.data.settings import load_settings
    from originrisk.serve.batch import score_period
    from originrisk.serve.export import check_target, write
    from originrisk.serve.printed_queue import print_batch

    first, last = period("score", day, start, end)
    if out:
        check_target(out)
    settings = load_settings(ctx.obj)
    with engine_of(engine, master, settings.spark) as workers:
        batch = score_period(settings, first, last, workers)
    if batch.hindsight:
        typer.echo("The model learned from days scored here: these scores flatter it.", err=True)
    if out:
        write(batch.scores(), out)
    if as_json:
        typer.echo(json.dumps({**batch.summary(), "out": str(out) if out else None}))
    else:
        print_batch(batch)


def history(
    ctx: typer.Context,
    *,
    day: Annotated[datetime, day_option("--date", "the last day to close")],
    engine: EngineName = "one",
    master: Master = None,
    as_json: Json = False,
) -> None:
    """Close the days up to this one and keep what is known after it: nights, services and workers start from there."""
    import json

    from originrisk.data.settings import load_settings
    from originrisk.serve.closing import bring

    settings = load_settings(ctx.obj)
    with engine_of(engine, master, settings.spark) as workers:
        kept = bring(settings, day.date(), workers)
    typer.echo(json.dumps(kept) if as_json else f"History of {kept['history_date']} in {kept['folder']}")


lists.command()(lists_commands.match)
COMMANDS: dict[str, Callable[..., Any]] = {
    "history": history,
    "score": score,
    **night_commands.COMMANDS,
    **online_commands.COMMANDS,
}
GROUPS: dict[str, typer.Typer] = {
    **links_commands.GROUPS,
    **parties_commands.GROUPS,
    **online_commands.GROUPS,
    **queue_commands.GROUPS,
}

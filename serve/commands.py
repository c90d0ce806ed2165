"""Commands of those who use the scores. Everything heavy is imported when a command runs."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from data.lists.commands import lists
from serve import links_commands, lists_commands, parties_commands
from serve.online import commands as online_commands


def _day(flag: str, meaning: str) -> Any:
    return typer.Option(flag, help=meaning, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")


def score(
    ctx: typer.Context,
    *,
    day: Annotated[datetime | None, _day("--date", "the day to score")] = None,
    start: Annotated[datetime | None, _day("--from", "first day of a period")] = None,
    end: Annotated[datetime | None, _day("--to", "last day of a period")] = None,
    out: Annotated[Path | None, typer.Option(help="write all scores to FILE.csv or FILE.parquet")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object, nothing else")] = False,
) -> None:
    """Score the lines of a day, or of a period day by day, each day with what was known before it."""
    import json

    from data.settings import load_settings
    from serve.batch import score_period
    from serve.export import check_target, write
    from serve.printed_queue import print_batch

    first, last = _period(day, start, end)
    if out:
        check_target(out)
    batch = score_period(load_settings(ctx.obj), first, last)
    if batch.hindsight:
        typer.echo("The model learned from days scored here: these scores flatter it.", err=True)
    if out:
        write(batch.scores(), out)
    if as_json:
        typer.echo(json.dumps({**batch.summary(), "out": str(out) if out else None}))
    else:
        print_batch(batch)


def _period(day: datetime | None, start: datetime | None, end: datetime | None) -> tuple[date, date]:
    from data.errors import Problem, UsageError

    first, last = (start, end) if day is None else (day, day)
    if first is None or last is None or (day is not None and (start or end)):
        raise UsageError(Problem("score", "either --date or both --from and --to", "another choice of them"))
    if first > last:
        raise UsageError(Problem("score", "--from on or before --to", f"{first:%F} after {last:%F}"))
    return first.date(), last.date()


lists.command()(lists_commands.match)
COMMANDS: dict[str, Callable[..., Any]] = {"score": score, **online_commands.COMMANDS}
GROUPS: dict[str, typer.Typer] = {
    **links_commands.GROUPS,
    **parties_commands.GROUPS,
    **online_commands.GROUPS,
}

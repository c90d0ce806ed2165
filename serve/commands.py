"""Commands of those who use the scores. Everything heavy is imported when a command runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from originrisk.data.console import Json, day_option
from originrisk.data.errors import BadInputError
from originrisk.data.lists.commands import lists
from originrisk.serve import party_commands
from originrisk.serve.online import commands as online_commands
from originrisk.serve.queue import commands as queue_commands

if TYPE_CHECKING:
    from originrisk.data.settings import SparkSettings
    from originrisk.serve.cluster.engine import Engine
    from originrisk.serve.night.record import Manifest


def period(command: str, day: datetime | None, start: datetime | None, end: datetime | None) -> tuple[date, date]:
    """First and last day. Raises UsageError unless it is one day, or both ends of a period in order."""
    from originrisk.data.errors import Problem, UsageError

    first, last = (start, end) if day is None else (day, day)
    if first is None or last is None or (day is not None and (start or end)):
        raise UsageError(Problem(command, "either --date or both --from and --to", "another choice of them"))
    if first > last:
        raise UsageError(Problem(command, "--from on or before --to", f"{first:%F} after {last:%F}"))
    return first.date(), last.date()


EngineName = Annotated[
    Literal["one", "spark"], typer.Option("--engine", help="one: this process; spark: a cluster's workers")
]
Master = Annotated[str | None, typer.Option("--master", help="Spark's master, such as local[2] or spark://HOST:7077")]


@contextmanager
def engine_of(name: str, master: str | None, settings: "SparkSettings") -> "Iterator[Engine | None]":
    """The engine while the block runs; None for this process. Raises UsageError where there is none of that name."""
    from originrisk.data.errors import Problem, UsageError

    if name == "one":
        if master:
            raise UsageError(Problem("--master", "--engine spark beside it", "--engine one"))
        yield None
        return
    if find_spec("pyspark") is None:
        step = "Install the extra: pip install 'originrisk[spark]'."
        raise UsageError(Problem("--engine spark", "pyspark in this environment", "none", step))
    from originrisk.serve.cluster.spark import spark

    with spark(settings, master) as engine:
        yield engine


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
    from originrisk.serve.scoring.batch import check_target, print_batch, score_period, write_scores

    first, last = period("score", day, start, end)
    if out:
        check_target(out)
    settings = load_settings(ctx.obj)
    with engine_of(engine, master, settings.spark) as workers:
        batch = score_period(settings, first, last, workers)
    if batch.hindsight:
        typer.echo("The model learned from days scored here: these scores flatter it.", err=True)
    if out:
        write_scores(batch.scores(), out)
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
    from originrisk.serve.cluster.close_days import close_until

    settings = load_settings(ctx.obj)
    with engine_of(engine, master, settings.spark) as workers:
        kept = close_until(settings, day.date(), workers)
    typer.echo(json.dumps(kept) if as_json else f"History of {kept['history_date']} in {kept['folder']}")


def night(
    ctx: typer.Context,
    *,
    day: Annotated[datetime | None, day_option("--date", "the night's day")] = None,
    start: Annotated[datetime | None, day_option("--from", "first past day to fill")] = None,
    end: Annotated[datetime | None, day_option("--to", "last past day to fill")] = None,
    engine: EngineName = "one",
    master: Master = None,
    as_json: Json = False,
) -> None:
    """Take in what arrived, score a day, publish it; or fill past days in order. Ends with a documented exit code."""
    import json

    from originrisk.data.settings import load_settings
    from originrisk.serve.night.report import print_nights, summary
    from originrisk.serve.night.run import backfill, run_night

    first, last = period("night", day, start, end)
    settings = load_settings(ctx.obj)
    with engine_of(engine, master, settings.spark) as workers:
        nights: list[Manifest] = (
            [run_night(settings, last, workers)] if day else backfill(settings, first, last, workers)
        )
    if as_json:
        typer.echo(json.dumps(summary(nights)))
    else:
        print_nights(nights)
    code = summary(nights)["exit_code"]
    if code:
        raise typer.Exit(code)


def status(ctx: typer.Context, *, as_json: Json = False) -> None:
    """How the last nights went, which day is live, which model is in charge."""
    import json

    from originrisk.data.console import print_table
    from originrisk.data.settings import load_settings
    from originrisk.serve.night.report import status as of

    found = of(load_settings(ctx.obj).home)
    if as_json:
        typer.echo(json.dumps(found))
        return
    print_table("Now", ("", ""), [(name, value) for name, value in found.items() if name != "nights"])
    heads = ("date", "live", "outcome", "exit_code", "lines", "seconds", "why")
    print_table("Nights", heads, ([_cell(row[name]) for name in heads] for row in found["nights"]))


def suppress(
    ctx: typer.Context,
    entry_number: Annotated[str, typer.Argument(help="entry number of a line")],
    line_number: Annotated[int, typer.Argument(help="line number")],
    *,
    until: Annotated[datetime, day_option("--until", "first day on which it no longer holds")],
    reason: Annotated[str, typer.Option(help="why; it is recorded")],
    on: Annotated[datetime | None, day_option("--on", "first day on which it holds: today unless stated")] = None,
) -> None:
    """Keep lines like this one (same parties, origin and tariff heading) out of the queue's order for some days."""
    from originrisk.data.settings import load_settings
    from originrisk.data.store.journal import who
    from originrisk.serve.scoring.ranking import Suppression, suppress

    first: date = (on or datetime.today()).date()
    one = {"on": first, "until": until.date(), "reason": reason, "by": who()}
    suppress(load_settings(ctx.obj), Suppression(entry_number=entry_number, line_number=line_number, **one))


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


lists.command()(party_commands.match)


def verify(
    ctx: typer.Context,
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Drop what was torn in writing and never done; says what.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Is the home whole: tables, journals, models, histories, the officers' audit? Tells all that is damaged (7)."""
    import json

    from originrisk.data.console import print_table
    from originrisk.data.settings import load_settings
    from originrisk.serve import verify as home

    settings = load_settings(ctx.obj)
    dropped = home.repair(settings) if repair else []
    checked, wrong = home.faults(settings)
    if as_json:
        typer.echo(json.dumps({"checked": checked, "wrong": wrong, "dropped": dropped}))
    else:
        print_table("Checked", ("what", "count"), checked.items())
        for line in (*(f"dropped: {one}" for one in dropped), *wrong):
            typer.echo(line)
    if wrong:
        raise typer.Exit(BadInputError.exit_code)


COMMANDS: dict[str, Callable[..., Any]] = {
    "verify": verify,
    "history": history,
    "score": score,
    "night": night,
    "status": status,
    "suppress": suppress,
    **online_commands.COMMANDS,
}
GROUPS: dict[str, typer.Typer] = {**party_commands.GROUPS, **online_commands.GROUPS, **queue_commands.GROUPS}

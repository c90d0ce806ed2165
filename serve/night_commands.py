"""Commands of the night and of its operators. Heavy imports wait until one runs."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from originrisk.data.console import Json, day_option
from originrisk.serve.engine_option import EngineName, Master, engine_of
from originrisk.serve.period import period

if TYPE_CHECKING:
    from originrisk.serve.night.manifest import Manifest


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
    from originrisk.serve.night.run import backfill, run_night
    from originrisk.serve.night.summary import print_nights, summary

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
    from originrisk.serve.night.status import status as of

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
    on: Annotated[
        datetime | None, day_option("--on", "first day on which it holds: today unless stated")
    ] = None,
) -> None:
    """Keep lines like this one (same parties, origin and tariff heading) out of the queue's order for some days."""
    from originrisk.data.settings import load_settings
    from originrisk.data.store.journal import who
    from originrisk.serve.suppressions import Suppression, suppress

    first: date = (on or datetime.today()).date()
    one = {"on": first, "until": until.date(), "reason": reason, "by": who()}
    suppress(load_settings(ctx.obj), Suppression(entry_number=entry_number, line_number=line_number, **one))


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


COMMANDS: dict[str, Callable[..., Any]] = {"night": night, "status": status, "suppress": suppress}

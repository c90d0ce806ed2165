"""Commands on lists: import a published list, show who stands on one. Heavy imports wait until one runs."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from originrisk.data.console import Json, day_option
from originrisk.data.errors import WARNED

lists = typer.Typer(no_args_is_help=True, help="Who stands on a list, and since when that was known.")

DAY = "%Y-%m-%d"


@lists.command(name="import")
def import_(
    ctx: typer.Context,
    *,
    file: Annotated[Path, typer.Argument(help="The contract's table, CBP's, DHS's, or targets.simple.csv.")],
    programme: Annotated[str | None, typer.Option(help="Programme of rows that name none.")] = None,
    known_from: Annotated[
        datetime | None, day_option("--known-from", "Day on which new listings became known.")
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="What the file lacks is not removed.")] = False,
    json: Json = False,
) -> None:
    """Bring the stored list to what a published one says, and tell what changed and every fault of the file."""
    import json as notation
    from datetime import date

    from originrisk.data.console import print_table
    from originrisk.data.lists.merge import import_list
    from originrisk.data.settings import load_settings
    from originrisk.data.store.tables import Store

    settings = load_settings(ctx.obj)
    store = Store(settings.home, settings.memory_limit_gb)
    told = known_from.date() if known_from else None
    done = import_list(store, file, date.today(), programme=programme, known_from=told, partial=partial)
    if json:
        typer.echo(notation.dumps(done.summary()))
    else:
        fates = {"added": done.added, "changed": done.changed, "removed": done.removed}
        rows = [(fate, name) for fate, names in fates.items() for name in names]
        print_table(f"{done.layout} list, {done.unchanged} unchanged", ("fate", "name"), rows)
        faults = [(f.row, f.expected, f.found, f.next_step, "yes" if f.taken else "no") for f in done.faults]
        print_table("faults", ("row", "expected", "found", "next step", "taken"), faults)
    if done.faults:
        raise typer.Exit(WARNED)


@lists.command()
def show(
    ctx: typer.Context,
    as_of: Annotated[
        datetime,
        typer.Option(
            formats=[DAY],
            metavar="YYYY-MM-DD",
            help="As lines of this day see it: today unless stated.",
            default_factory=datetime.today,
            show_default=False,
        ),
    ],
    json: Json = False,
) -> None:
    """Who stands on a list, by programme and name: what the store holds and, beside it, the shipped table.

    Also how many entities of each notice on the UFLPA list are missing.
    """
    import json as notation
    from dataclasses import asdict

    from originrisk.data.console import print_table
    from originrisk.data.lists.membership import completeness, in_force, uflpa_waves, with_shipped
    from originrisk.data.settings import load_settings
    from originrisk.data.store.tables import Store

    settings = load_settings(ctx.obj)
    day, listed = as_of.date(), with_shipped(Store(settings.home, settings.memory_limit_gb).listed())
    order = [("programme", "ascending"), ("effective_date", "ascending"), ("name", "ascending")]
    rows = in_force(listed, day).sort_by(order).to_pylist()
    waves = uflpa_waves(listed, day)
    if json:
        counts = [asdict(wave) | {"missing": wave.missing} for wave in waves]
        told = {"as_of": str(day), "listed": rows, "uflpa_waves": counts, "note": completeness(listed, day)}
        typer.echo(notation.dumps(told, default=str))
        return
    columns = ("programme", "effective_date", "name", "scope")
    print_table(f"listed on {day}", columns, ([row[name] for name in columns] for row in rows))
    counted = ((wave.effective_date, wave.added, wave.held, wave.missing) for wave in waves)
    print_table("notices on the UFLPA Entity List", ("effective", "added", "held", "missing"), counted)
    typer.echo(completeness(listed, day))

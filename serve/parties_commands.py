"""Commands on parties: why a maker was taken for whom, and to put it right. Heavy imports wait until one runs."""

from datetime import datetime
from typing import Annotated

import typer

from originrisk.data.console import Json

_parties = typer.Typer(no_args_is_help=True, help="Who stands behind the spellings of makers.")

EntryNumber = Annotated[str, typer.Argument(help="Entry number of the line.")]
LineNumber = Annotated[int, typer.Argument(help="Line number.")]
PartyKey = Annotated[str, typer.Argument(help="Key of a party, as `explain` shows it.")]
Reason = Annotated[str, typer.Option(help="Why; it is recorded.")]
Day = Annotated[
    datetime,
    typer.Option(
        "--on",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="Day at whose close it takes effect: today unless stated.",
        default_factory=datetime.today,
        show_default=False,
    ),
]


@_parties.command()
def explain(
    ctx: typer.Context,
    entry_number: EntryNumber,
    line_number: LineNumber,
    as_json: Json = False,
) -> None:
    """Who the maker of a line was taken for on its day, by which evidence, in bits."""
    import json

    from originrisk.data.console import print_table
    from originrisk.data.settings import load_settings
    from originrisk.serve.known_parties import explain, shown

    explained = explain(load_settings(ctx.obj), entry_number, line_number)
    if as_json:
        typer.echo(json.dumps(explained.summary()))
        return
    summary = explained.summary()
    typer.echo(f"record {summary['record']}, party {summary['party'] or 'new'}")
    for one in explained.likely[:3]:
        rows = [(part.kind, round(part.bits, 1), part.left, part.right) for part in one.evidence.parts]
        title = f"party {shown(one.party)}: probability {one.probability:.4f}, {one.evidence.bits:.1f} bits"
        print_table(title, ("evidence", "bits", "this line", "known record"), rows)


@_parties.command()
def join(ctx: typer.Context, party: PartyKey, other: PartyKey, reason: Reason, on: Day) -> None:
    """Make one party of two: what is of OTHER is of PARTY from then on."""
    from originrisk.data.settings import load_settings
    from originrisk.serve.known_parties import join

    join(load_settings(ctx.obj), party, other, reason, on.date())


@_parties.command()
def split(
    ctx: typer.Context, entry_number: EntryNumber, line_number: LineNumber, reason: Reason, on: Day
) -> None:
    """Take the maker, as this line declares it, out of its party; it founds its own."""
    from originrisk.data.settings import load_settings
    from originrisk.serve.known_parties import split

    split(load_settings(ctx.obj), entry_number, line_number, reason, on.date())


GROUPS: dict[str, typer.Typer] = {"parties": _parties}

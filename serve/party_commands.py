"""Commands on parties: whom a maker was taken for, whom a line is tied to, whom the lists know."""

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
def explain(ctx: typer.Context, entry_number: EntryNumber, line_number: LineNumber, as_json: Json = False) -> None:
    """Who the maker of a line was taken for on its day, by which evidence, in bits."""
    import json

    from originrisk.data.console import print_table
    from originrisk.data.settings import load_settings
    from originrisk.serve.parties import explain, key_text

    explained = explain(load_settings(ctx.obj), entry_number, line_number)
    if as_json:
        typer.echo(json.dumps(explained.summary()))
        return
    summary = explained.summary()
    typer.echo(f"record {summary['record']}, party {summary['party'] or 'new'}")
    for one in explained.likely[:3]:
        rows = [(part.kind, round(part.bits, 1), part.left, part.right) for part in one.evidence.parts]
        title = f"party {key_text(one.party)}: probability {one.probability:.4f}, {one.evidence.bits:.1f} bits"
        print_table(title, ("evidence", "bits", "this line", "known record"), rows)


@_parties.command()
def join(ctx: typer.Context, party: PartyKey, other: PartyKey, reason: Reason, on: Day) -> None:
    """Make one party of two: what is of OTHER is of PARTY from then on."""
    from originrisk.data.settings import load_settings
    from originrisk.serve.parties import join

    join(load_settings(ctx.obj), party, other, reason, on.date())


@_parties.command()
def split(ctx: typer.Context, entry_number: EntryNumber, line_number: LineNumber, reason: Reason, on: Day) -> None:
    """Take the maker, as this line declares it, out of its party; it founds its own."""
    from originrisk.data.settings import load_settings
    from originrisk.serve.parties import split

    split(load_settings(ctx.obj), entry_number, line_number, reason, on.date())


_links = typer.Typer(no_args_is_help=True, help="Who stands around a line.")


@_links.command()
def show(
    ctx: typer.Context,
    entry_number: Annotated[str, typer.Argument(help="Entry number of the line.")],
    line_number: Annotated[int, typer.Argument(help="Line number.")],
    as_json: Json = False,
) -> None:
    """The strongest paths from a line to suppliers that are listed or were found out, as its day saw them."""
    import json

    from originrisk.data.console import print_table
    from originrisk.data.settings import load_settings
    from originrisk.serve.parties import links_of

    shown = links_of(load_settings(ctx.obj), entry_number, line_number)
    if as_json:
        typer.echo(json.dumps(shown))
        return
    ends = {node["id"]: node for node in shown["nodes"] if node["kind"] == "supplier"}
    rows = [
        (ends[edge["to"]]["name"] or "not named", _said(ends[edge["to"]]), edge["from"], edge["lines"],
         f"{edge['first']} to {edge['last']}")
        for edge in shown["edges"] if edge["to"] in ends
    ]  # fmt: skip
    title = f"Links by {shown['closed']}" if shown["closed"] else "No links: nothing is closed yet"
    print_table(title, ("supplier", "known of it", "tied through the line's", "lines", "received"), rows)


@_links.callback()
def _group() -> None:
    """Keep `show` a command of its own."""


def _said(node: dict[str, object]) -> str:
    listed = "listed; " if node["listed"] else ""
    return f"{listed}{node['found']} of {node['examined']} examinations found Xinjiang inputs"


def match(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Argument(help="Name of a party, in any spelling.")],
    city: Annotated[str, typer.Option(help="Its city: tells homonyms apart where a list has addresses.")] = "",
    as_of: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="As lines of this day see the lists: today unless stated.",
            default_factory=datetime.today,
            show_default=False,
        ),
    ],
    as_json: Json = False,
) -> None:
    """Which listed parties a name may mean: probability and evidence. A lead, never a determination."""
    import json
    from dataclasses import asdict

    from originrisk.data.console import print_table
    from originrisk.data.lists.membership import in_force, with_shipped
    from originrisk.data.settings import load_settings
    from originrisk.data.store.tables import Store
    from originrisk.features.list_match import match as matches_of

    settings = load_settings(ctx.obj)
    listed = in_force(with_shipped(Store(settings.home, settings.memory_limit_gb).listed()), as_of.date())
    found = matches_of(name, listed, city)
    if as_json:
        told = [asdict(one) | {"probability": one.probability, "bits": one.evidence.bits} for one in found]
        typer.echo(json.dumps({"as_of": str(as_of.date()), "matches": told}, default=str))
        return
    for one in found:
        rows = [(part.kind, round(part.bits, 1), part.left, part.right) for part in one.evidence.parts]
        title = f"{one.listing['name']}, {one.listing['programme']}: probability {one.probability:.4f}"
        print_table(title, ("evidence", "bits", "asked", "listed"), rows)
    if not found:
        typer.echo("No listed party has such a name.")


GROUPS: dict[str, typer.Typer] = {"links": _links, "parties": _parties}

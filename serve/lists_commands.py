"""The command that asks the lists for a name. Heavy imports wait until it runs."""

from datetime import datetime
from typing import Annotated

import typer

from originrisk.data.console import Json


def match(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Argument(help="Name of a party, in any spelling.")],
    city: Annotated[
        str, typer.Option(help="Its city: tells homonyms apart where a list has addresses.")
    ] = "",
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

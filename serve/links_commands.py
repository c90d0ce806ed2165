"""Commands on links: whom a line is tied to. Heavy imports wait until one runs."""

from typing import Annotated

import typer

from originrisk.data.console import Json

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
    from originrisk.serve.shown_links import show

    shown = show(load_settings(ctx.obj), entry_number, line_number)
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


GROUPS: dict[str, typer.Typer] = {"links": _links}

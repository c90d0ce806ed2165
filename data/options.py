"""Options that many commands take."""

from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]


def day_option(flag: str, meaning: str) -> Any:
    """An option that takes a day."""
    return typer.Option(flag, help=meaning, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")

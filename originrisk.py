"""The command: joins the packages' commands and turns domain errors into exit codes. Nothing else lives here."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

import data.commands
import serve.commands
import train.commands
from data.errors import OriginRiskError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Scores US import entry lines for inputs from Xinjiang. A score is a lead, never a determination.",
)


@app.callback()
def _home(
    ctx: typer.Context,
    home: Annotated[
        Path, typer.Option(envvar="ORIGINRISK_HOME", help="Folder of everything that is not code.")
    ] = Path("var"),
) -> None:
    ctx.obj = home


for package in (data.commands, train.commands, serve.commands):
    for name, command in package.COMMANDS.items():
        app.command(name)(command)
    for name, group in package.GROUPS.items():
        app.add_typer(group, name=name)


def main() -> None:
    """Run the command line; every domain error becomes one message and its documented exit code."""
    try:
        app()
    except OriginRiskError as error:
        sys.stderr.write(f"originrisk: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("originrisk: interrupted; the store holds only what was finished\n")
        sys.stderr.flush()
        os._exit(130)  # worker threads of the readers would otherwise hold the process


if __name__ == "__main__":
    main()

"""The command: joins the packages' commands; every ending is a message and a documented exit code."""

import errno
import os
import signal
import sys
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from threading import Event
from typing import Annotated, NoReturn

import typer
from typer.core import TyperCommand

import originrisk.data.commands
import originrisk.serve.commands
import originrisk.train.commands
from originrisk.data.errors import NO_ROOM, OriginRiskError, exit_code_of


class Mistakes(typer.BadParameter):
    """All mistakes of one command line, a line each."""

    def format_message(self) -> str:
        """The lines as they are."""
        return self.message


class EveryMistake(TyperCommand):
    """A command that tells every wrong or missing value at once, not the first alone."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """As usual where nothing is wrong."""
        try:
            return super().parse_args(ctx, list(args))
        except typer.BadParameter as first:
            given, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
            told = []
            for parameter in self.get_params(ctx):
                try:
                    parameter.handle_parse_result(ctx, given, rest)
                except typer.BadParameter as mistake:
                    told.append(mistake.format_message())
            raise (Mistakes("\n".join(told), ctx=ctx) if len(told) > 1 else first) from None


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Scores US import entry lines for inputs from Xinjiang. A score is a lead, never a determination.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"originrisk {version('originrisk')}")
        raise typer.Exit


@app.callback()
def _home(
    ctx: typer.Context,
    home: Annotated[Path, typer.Option(envvar="ORIGINRISK_HOME", help="Folder of everything that is not code.")] = Path(
        "var"
    ),
    _: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version and end.")
    ] = False,
) -> None:
    ctx.obj = home


for package in (originrisk.data.commands, originrisk.train.commands, originrisk.serve.commands):
    for name, command in package.COMMANDS.items():
        app.command(name, cls=EveryMistake)(command)
    for name, group in package.GROUPS.items():
        for registered in group.registered_commands:
            registered.cls = EveryMistake
        app.add_typer(group, name=name)


def main() -> None:
    """Run the command line; whatever happens ends in one message and its documented exit code."""
    os.umask(0o077)  # what a home holds is nobody else's to read
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may know no Chinese
    interrupted = Event()

    def interrupt(*_: object) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        app()
    except BaseException as error:
        if interrupted.is_set() or isinstance(error, KeyboardInterrupt):  # libraries make other errors of it
            _end_interrupted()
        if isinstance(error, OriginRiskError):
            _end(str(error), error.exit_code)
        if not isinstance(error, Exception):
            raise
        if os.environ.get("ORIGINRISK_DEBUG"):
            raise
        if isinstance(error, OSError) and error.errno in _NO_WRITING:
            _end(f"home: expected files that can be written and read, found {error.strerror}: {error.filename}.", 7)
        code = exit_code_of(error)
        _end(_FULL if code == NO_ROOM else _describe(error), code)


_NO_WRITING = (errno.EROFS, errno.EACCES, errno.EPERM)


_FULL = "no room: the disk or a quota is full. Make room and run it again; the store holds only what was finished."


def _end(message: str, exit_code: int) -> NoReturn:
    sys.stderr.write(f"originrisk: {message}\n")
    sys.exit(exit_code)


def _end_interrupted() -> NoReturn:
    sys.stderr.write("originrisk: interrupted; the store holds only what was finished\n")
    sys.stderr.flush()
    os._exit(130)  # worker threads of the readers would otherwise hold the process


def _describe(error: Exception) -> str:
    """Kind and place of a defect. Its own text may quote a declaration: only the system's words are shown."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "unknown place"
    said = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return (
        f"internal error, {type(error).__name__}{said}, at {place}. "
        "Please report it; ORIGINRISK_DEBUG=1 shows where it came from."
    )

"""Commands of the officers' queue: to run it, its accounts, its audit. Heavy imports wait until one runs."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from originrisk.data.console import Json
from originrisk.serve.online.commands import Host, Port, TlsCertificate, TlsKey, require_pair

if TYPE_CHECKING:
    from originrisk.serve.queue.context import AppContext, UnitOfWork

_queue = typer.Typer(help="The officers' queue: pages of a day's lines, and what officers find.")
_accounts = typer.Typer(no_args_is_help=True, help="Accounts of the officers' queue.")
_audit = typer.Typer(no_args_is_help=True, help="The audit of the officers' queue.")

Name = Annotated[str, typer.Argument(help="name of the account")]
RoleName = Annotated[str, typer.Argument(help="officer, supervisor, data_scientist, administrator or auditor")]


@_queue.callback(invoke_without_command=True)
def serve_queue(
    ctx: typer.Context,
    *,
    host: Host = None,
    port: Port = None,
    tls_key: TlsKey = None,
    tls_certificate: TlsCertificate = None,
) -> None:
    """Bring the database up to date and serve the pages, until told to stop."""
    from originrisk.data.settings import load_settings
    from originrisk.serve.queue.app import run

    if ctx.invoked_subcommand:
        return
    require_pair("queue", tls_key, tls_certificate)
    settings = load_settings(ctx.obj)
    given = {name: value for name, value in (("host", host), ("port", port)) if value}
    own = settings.queue.model_copy(update=given)
    run(settings.model_copy(update={"queue": own}), tls_key, tls_certificate)


@_queue.command()
def migrate(ctx: typer.Context, *, as_json: Json = False) -> None:
    """Bring the database to the tables of this version."""
    from originrisk.data.settings import load_settings
    from originrisk.serve.queue.db.database import Database, migrate

    database = Database(load_settings(ctx.obj))
    _say({"revision": migrate(database)}, as_json=as_json)
    database.close()


@_queue.command()
def outcomes(ctx: typer.Context, *, as_json: Json = False) -> None:
    """Hand findings with a known result to the store, where the next night and training read them.

    Ends with 6 where the store holds a later or better result of a line; such findings stay here.
    """
    from originrisk.data.errors import WARNED
    from originrisk.data.store.journal import who
    from originrisk.serve.queue.db.outcomes import deliver

    done = deliver(_context(ctx), f"command: {who()}")
    refused = [str(problem) for problem in done.refused]
    _say({"findings": done.findings, "file": done.file or None, "refused": refused}, as_json=as_json)
    if refused:
        raise typer.Exit(WARNED)


@_accounts.command()
def create(ctx: typer.Context, name: Name, role: RoleName, *, as_json: Json = False) -> None:
    """Make an account; the password is asked for, or read from standard input."""
    from originrisk.serve.queue.db import accounts

    password = _password()
    _change(ctx, "create account", name, lambda unit: accounts.create(unit.connection, name, role, password, unit.at))
    _say({"account": name, "role": role}, as_json=as_json)


@_accounts.command("list")
def list_accounts(ctx: typer.Context, *, as_json: Json = False) -> None:
    """List the accounts."""
    import json

    from originrisk.data.console import print_table
    from originrisk.serve.queue.db import accounts

    context = _context(ctx)
    with context.database.reading() as connection:
        rows = [{**row, "locked_until": str(row["locked_until"] or "")} for row in accounts.everyone(connection)]
    names = ("name", "role", "locked", "locked_until", "demo")
    shown = [{name: row[name] for name in names} for row in rows]
    if as_json:
        typer.echo(json.dumps({"accounts": shown}))
    else:
        print_table("Accounts", names, [row.values() for row in shown])


@_accounts.command()
def lock(
    ctx: typer.Context,
    name: Name,
    *,
    open_again: Annotated[bool, typer.Option("--undo", help="let the account in again")] = False,
    as_json: Json = False,
) -> None:
    """Keep an account out from now on; its sessions end."""
    from originrisk.serve.queue.db import accounts

    fresh = {"locked": not open_again, "failures": 0, "locked_until": None}
    done = "unlock account" if open_again else "lock account"
    _change(ctx, done, name, lambda unit: accounts.change(unit.connection, name, **fresh))
    _say({"account": name, "locked": not open_again}, as_json=as_json)


@_accounts.command()
def role(ctx: typer.Context, name: Name, role: RoleName, *, as_json: Json = False) -> None:
    """Give an account another role; its sessions end."""
    from originrisk.serve.queue.db import accounts

    _change(ctx, f"role {role}", name, lambda unit: accounts.change(unit.connection, name, role=role))
    _say({"account": name, "role": role}, as_json=as_json)


@_accounts.command()
def password(ctx: typer.Context, name: Name, *, as_json: Json = False) -> None:
    """Give an account another password, asked for or read from standard input; its sessions end."""
    from originrisk.serve.queue.db import accounts

    given = _password()
    _change(ctx, "new password", name, lambda unit: accounts.set_password(unit.connection, name, given))
    _say({"account": name, "password": "changed"}, as_json=as_json)


@_accounts.command()
def demo(ctx: typer.Context, *, as_json: Json = False) -> None:
    """Make an account of each role for a home of simulated lines; they open nothing anywhere else."""
    from originrisk.data.store.journal import who
    from originrisk.serve.queue.db.accounts import DEMO_NAMES, create_demo
    from originrisk.serve.queue.db.tables import ACCOUNTS

    context = _context(ctx)
    with context.unit_of_work() as unit:
        password, names = create_demo(unit, context.settings), DEMO_NAMES.values()
        unit.record(f"command: {who()}", "demo accounts", ", ".join(names), [(ACCOUNTS, one) for one in names])
    queue = f"originrisk --home {ctx.obj} queue"
    facts = {"accounts": ", ".join(names), "password": password, "open the queue with": queue}
    if as_json:
        _say(facts, as_json=True)
        return
    for name, value in facts.items():
        typer.echo(f"{name}: {value}")
    typer.echo(f"then in a browser: http://localhost:{context.settings.queue.port}")


@_audit.command()
def verify(ctx: typer.Context, *, as_json: Json = False) -> None:
    """Read the whole audit: was a row changed, removed or moved, or were rows cut off its end?"""
    from originrisk.data.errors import BadInputError
    from originrisk.serve.queue.db.audit import verify

    context = _context(ctx)
    found = verify(context.database, context.settings.home)
    if found.problems:
        raise BadInputError(found.problems)
    _say({"rows": found.rows, "head": found.head}, as_json=as_json)


def _context(ctx: typer.Context) -> "AppContext":
    from originrisk.data.settings import load_settings
    from originrisk.serve.queue.context import AppContext

    context = AppContext.of(load_settings(ctx.obj))
    ctx.call_on_close(context.database.close)
    return context


def _change(ctx: typer.Context, action: str, name: str, work: "Callable[[UnitOfWork], None]") -> None:
    from originrisk.data.store.journal import who
    from originrisk.serve.queue.db.tables import ACCOUNTS

    with _context(ctx).unit_of_work() as unit:
        work(unit)
        unit.record(f"command: {who()}", action, name, [(ACCOUNTS, name)])


def _password() -> str:
    import getpass

    from originrisk.data.errors import Problem, UsageError

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first, second = getpass.getpass("Password: "), getpass.getpass("Once more: ")
    if first != second:
        raise UsageError(Problem("password", "the same password twice", "two different ones"))
    return first


def _say(facts: dict[str, Any], *, as_json: bool) -> None:
    import json

    plain = ", ".join(f"{name}: {value}" for name, value in facts.items())
    typer.echo(json.dumps(facts) if as_json else plain)


GROUPS: dict[str, typer.Typer] = {"queue": _queue, "accounts": _accounts, "audit": _audit}

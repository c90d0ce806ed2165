"""Commands of the online service: to run it, and to make, list and end API keys."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from originrisk.data.console import Json

Host = Annotated[str | None, typer.Option(help="address to listen on")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="port to listen on")]
TlsKey = Annotated[Path | None, typer.Option(help="private key, PEM: serve HTTPS")]
TlsCertificate = Annotated[Path | None, typer.Option(help="its certificate, PEM")]


def require_pair(command: str, tls_key: Path | None, tls_certificate: Path | None) -> None:
    """Raise UsageError where a key or a certificate comes without the other."""
    from originrisk.data.errors import Problem, UsageError

    if (tls_key is None) != (tls_certificate is None):
        raise UsageError(Problem(command, "both --tls-key and --tls-certificate, or neither", "one of them"))


_keys = typer.Typer(no_args_is_help=True, help="API keys of the online service.")


def serve(
    ctx: typer.Context,
    *,
    host: Host = None,
    port: Port = None,
    workers: Annotated[int | None, typer.Option(min=1, help="processes that answer")] = None,
    tls_key: TlsKey = None,
    tls_certificate: TlsCertificate = None,
) -> None:
    """Answer over HTTP with the champion and the latest history, until told to stop."""
    from originrisk.data.settings import load_settings
    from originrisk.serve.online.run import run

    require_pair("serve", tls_key, tls_certificate)
    settings = load_settings(ctx.obj)
    given = {name: value for name, value in (("host", host), ("port", port), ("workers", workers)) if value}
    own = settings.service.model_copy(update=given)
    run(settings.model_copy(update={"service": own}), tls_key, tls_certificate)


@_keys.command()
def create(
    ctx: typer.Context,
    *,
    purpose: Annotated[str, typer.Option(help="who will use it for what")],
    scope: Annotated[list[str], typer.Option(help="what it may do: score, lines, parties, model, metrics")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="days until it ends")] = 90,
    as_json: Json = False,
) -> None:
    """Make a key. It is shown this once and kept as a hash."""
    from originrisk.data.settings import load_settings
    from originrisk.serve.online import access

    made, text = access.create_key(load_settings(ctx.obj).home, purpose, scope, days)
    shown = {"id": made.id, "key": text, "scopes": made.scopes, "expires": made.expires}
    typer.echo(json.dumps(shown) if as_json else text)


@_keys.command("list")
def list_keys(ctx: typer.Context, *, as_json: Json = False) -> None:
    """List the keys, never their secrets."""
    from originrisk.data.console import print_table
    from originrisk.data.settings import load_settings
    from originrisk.serve.online import access

    names = ("id", "purpose", "scopes", "created", "expires", "revoked")
    held = access.read_keys(load_settings(ctx.obj).home).values()
    rows = [{name: getattr(key, name) for name in names} for key in held]
    if as_json:
        typer.echo(json.dumps({"keys": rows}))
    else:
        print_table("API keys", names, [[_shown(value) for value in one.values()] for one in rows])


@_keys.command()
def revoke(
    ctx: typer.Context, id: Annotated[str, typer.Argument(help="id of the key")], *, as_json: Json = False
) -> None:
    """End a key now."""
    from originrisk.data.settings import load_settings
    from originrisk.serve.online import access

    ended = access.revoke_key(load_settings(ctx.obj).home, id)
    said = {"id": ended.id, "revoked": ended.revoked}
    typer.echo(json.dumps(said) if as_json else f"{ended.id} revoked at {ended.revoked}")


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else value or ""


COMMANDS: dict[str, Callable[..., Any]] = {"serve": serve}
GROUPS: dict[str, typer.Typer] = {"keys": _keys}

"""Options of the commands that listen for requests."""

from pathlib import Path
from typing import Annotated

import typer

Host = Annotated[str | None, typer.Option(help="address to listen on")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="port to listen on")]
TlsKey = Annotated[Path | None, typer.Option(help="private key, PEM: serve HTTPS")]
TlsCertificate = Annotated[Path | None, typer.Option(help="its certificate, PEM")]


def require_pair(command: str, tls_key: Path | None, tls_certificate: Path | None) -> None:
    """Raise UsageError where a key or a certificate comes without the other."""
    from originrisk.data.errors import Problem, UsageError

    if (tls_key is None) != (tls_certificate is None):
        raise UsageError(Problem(command, "both --tls-key and --tls-certificate, or neither", "one of them"))

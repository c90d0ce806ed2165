"""Commands of the package: `ingest`, `rejects`, `lists`, `world`, `truth`. Heavy imports wait until a command runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from originrisk.data.console import Json
from originrisk.data.lists.commands import lists
from originrisk.data.simulation.command import truth, world

_ingest = typer.Typer(no_args_is_help=True, help="Bring files of declarations, outcomes or lists into the store.")

Paths = Annotated[list[Path], typer.Argument(help="Files (CSV, CSV.GZ, Parquet, XLSX) or folders: one delivery.")]
MappingName = Annotated[str, typer.Option("--mapping", help="A shipped mapping by name, or a TOML file.")]


Check = Annotated[bool, typer.Option("--check", help="Tell what would become of it, column by column; store nothing.")]


def _ingest_into(table: str, meaning: str) -> None:
    """Make `ingest TABLE` a command."""

    def command(
        ctx: typer.Context, paths: Paths, mapping: MappingName = "contract", check: Check = False, json: Json = False
    ) -> None:
        from originrisk.data.errors import BadInputError
        from originrisk.data.ingest.run import ingest, show
        from originrisk.data.settings import load_settings
        from originrisk.data.store.tables import Store

        settings = load_settings(ctx.obj)
        store = Store(settings.home, settings.memory_limit_gb)
        done = ingest(store, table, paths, mapping, settings.read, check=check)
        show(table, done, as_json=json)
        if done.refused:
            raise BadInputError(done.refused)

    _ingest.command(table, help=meaning)(command)


_ingest_into("entries", "Entry lines. Rows that break a rule go to `rejected`, with every broken rule.")
_ingest_into("outcomes", "What examinations found.")
_ingest_into("listed", "Parties under an order (WRO, Finding, UFLPA).")


def rejects(
    ctx: typer.Context,
    *,
    table: Annotated[str | None, typer.Option(help="entries, outcomes or listed.")] = None,
    file: Annotated[str | None, typer.Option(help="Part of a file's name.")] = None,
    column: Annotated[str | None, typer.Option(help="Part of a column's name.")] = None,
    reason: Annotated[str | None, typer.Option(help="Part of a reason.")] = None,
    fate: Annotated[str | None, typer.Option(help="rejected or emptied.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows to print.")] = 50,
    out: Annotated[Path | None, typer.Option(help="Write all of them to FILE.csv or FILE.parquet.")] = None,
    json: Json = False,
) -> None:
    """Rejected records and emptied cells: file, row, rule, value (masked where personal) and what to do."""
    import json as notation

    from originrisk.data.console import print_table
    from originrisk.data.ingest.faults import export, faults
    from originrisk.data.settings import load_settings
    from originrisk.data.store.tables import Store

    settings = load_settings(ctx.obj)
    store = Store(settings.home, settings.memory_limit_gb)
    found = faults(store, table_name=table, file=file, column=column, reason=reason, fate=fate)
    if out:
        export(found, out)
    rows = found.slice(0, limit).to_pylist()
    if json:
        typer.echo(notation.dumps({"found": found.num_rows, "faults": rows}))
        return
    print_table(f"{len(rows):,} of {found.num_rows:,}", found.column_names, [row.values() for row in rows])


COMMANDS: dict[str, Callable[..., Any]] = {"world": world, "truth": truth, "rejects": rejects}
GROUPS: dict[str, typer.Typer] = {"ingest": _ingest, "lists": lists}

"""The queue's database: a SQLite file in the home, or PostgreSQL; one transaction for each thing that is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.settings import Settings
from originrisk.data.store.journal import make_folder, secret, sync

BUSY_SECONDS: Final = 15
WRITERS: Final = 0x6F726967696E
"""Key of the advisory lock that PostgreSQL's writers take in turn."""


def folder(home: Path) -> Path:
    """Where the queue keeps its own files."""
    return home / "queue"


def alias_key(home: Path) -> bytes:
    """The secret by which importers get an alias on pages."""
    return secret(folder(home) / "alias.key")


class Database:
    """Transactions on the queue's tables. Writers wait for each other, so that what they read stays true."""

    def __init__(self, settings: Settings) -> None:
        make_folder(folder(settings.home))
        given = settings.queue.database.get_secret_value()
        self.engine = _engine(given) if given else _sqlite(folder(settings.home) / "queue.db")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: committed when the block ends, undone when it raises."""
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS})
            yield connection

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _engine(given: str) -> Engine:
    try:
        address = make_url(given)
    except (ArgumentError, ValueError):  # a password with signs of its own is taken for a port
        address = None
    if address is None or address.get_backend_name() != "postgresql":
        problem = Problem("settings: queue.database", "postgresql://…, or nothing", "another address")
        raise BadInputError(problem) from None
    return create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=20)


def _sqlite(path: Path) -> Engine:
    if not path.exists():
        path.touch(0o600)
        sync(path.parent)
    path.open("ab").close()  # where it may not be written the system says so, and SQLite only that it cannot open it
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver would begin late, and lock later still
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


SCRIPTS = Path(__file__).with_name("migrations")


def migrate(database: Database) -> str:
    """Apply what is missing, in one transaction; returns the revision the database then has."""
    config = _alembic()
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return newest()


def newest() -> str:
    """The revision that this version works with."""
    return str(ScriptDirectory.from_config(_alembic()).get_current_head())


def revision(database: Database) -> str | None:
    """The revision of the database; None before the first migration."""
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config

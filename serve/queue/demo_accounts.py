"""Accounts of the demo: one of each role, a password of chance that is shown once."""

import secrets
from typing import Final

from sqlalchemy import select

from originrisk.data.errors import Problem, UsageError
from originrisk.data.settings import Settings
from originrisk.serve.queue import accounts, demo
from originrisk.serve.queue.access import ROLES
from originrisk.serve.queue.desk import Act
from originrisk.serve.queue.tables import ACCOUNTS

NAMES: Final = {role: role.replace("_", "-") for role in ROLES}


def hire(act: Act, settings: Settings) -> str:
    """One account of each role, with a new password that is returned and kept nowhere.

    Raises UsageError where accounts of the demo would open nothing, or a name is taken by another account.
    """
    if not demo.allowed(settings):
        expected = "a home of simulated lines with its own database, reached from this machine only"
        raise UsageError(Problem("accounts demo", expected, "another"))
    password = secrets.token_urlsafe(12)
    there = set(act.connection.execute(select(ACCOUNTS.c.name).where(ACCOUNTS.c.demo)).scalars())
    for role, name in NAMES.items():
        if name in there:
            accounts.set_password(act.connection, name, password)
        else:
            accounts.create(act.connection, name, role, password, act.at, demo=True)
    return password

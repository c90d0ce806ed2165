"""An office: the queue's application over a small home, a clock that tests move, accounts and their browsers."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import insert
from starlette.testclient import TestClient

from originrisk.data.settings import QueueSettings, Settings
from originrisk.data.store.tables import Store
from originrisk.serve.queue.app import queue_app
from originrisk.serve.queue.context import AppContext
from originrisk.serve.queue.db import audit, findings
from originrisk.serve.queue.db.finding import Finding
from originrisk.serve.queue.db.tables import ACCOUNTS
from tests.serve import factory
from tests.serve.online.served import DAY

PASSWORD = "correct horse battery"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""Cheap to check, for tests log in often; what accounts are made with is tested with the commands."""

MORNING = datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC)


ADVERSE = {"decision": "examine", "result": "xinjiang", "method": "isotopic", "found_on": str(DAY)}


@dataclass
class Office:
    """`now` is what the clock shows; `patience` as that of `BackgroundCache`."""

    settings: Settings
    now: datetime = MORNING
    patience: float = 60
    app: FastAPI = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.app = queue_app(self.settings, lambda: self.now, self.patience)

    @property
    def context(self) -> AppContext:
        found: AppContext = self.app.state.context
        return found

    def hire(self, name: str, role: str = "officer") -> None:
        """Make an account."""
        row = {"name": name, "role": role, "password": HASH, "demo": False, "created_at": self.now}
        with self.context.unit_of_work() as unit:  # as `accounts.create`, without a slow hash
            unit.connection.execute(insert(ACCOUNTS).values(**row, locked=False, failures=0))
            unit.record("command: tests", "create account", name, [(ACCOUNTS, name)])

    def visitor(self) -> TestClient:
        """A browser of somebody who is not logged in."""
        return TestClient(self.app, base_url="http://localhost", follow_redirects=False)

    def at_work(self, name: str, role: str = "officer") -> TestClient:
        """The browser of a new account that has logged in."""
        self.hire(name, role)
        browser = self.visitor()
        assert log_in(browser, name).status_code == 303
        return browser

    def later(self, **passed: float) -> None:
        """Let time pass."""
        self.now += timedelta(**passed)

    def audited(self) -> list[tuple[str, str, str]]:
        """Account, action and subject of every row of the audit, but for those of `hire`."""
        with self.context.database.reading() as connection:
            told = [(row["account"], row["action"], row["subject"]) for row in audit.rows(connection)]
        return [one for one in told if one[0] != "command: tests"]


def settings(home: Path, database: str, **queue: object) -> Settings:
    """Settings of such a home."""
    own = QueueSettings(database=SecretStr(database), **queue)  # type: ignore[arg-type]
    return Settings(home=home, history_start=factory.START, queue=own)


def token(page: str) -> str:
    """The token of the page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found[1]


def log_in(browser: TestClient, name: str, password: str = PASSWORD, next: str = "/") -> Any:
    """Fill in the form and send it."""
    form = {"csrf": token(browser.get("/login").text), "name": name, "password": password, "next": next}
    return browser.post("/login", data=form)


def lines(at: Office, selection: str | None = "order") -> list[tuple[str, int]]:
    """Keys of the day's lines that came into the queue in this way."""
    scores = Store(at.settings.home).scores(DAY, DAY).to_pylist()
    return [(row["entry_number"], row["line_number"]) for row in scores if row["selection"] == selection]


def write(browser: TestClient, key: tuple[str, int], **fields: Any) -> Any:
    """Open a line's form, fill it in and send it."""
    address = f"/lines/{key[0]}/{key[1]}/findings"
    opened = browser.get(address)
    assert opened.status_code == 200
    version = opened.text.split('name="version" value="')[1].split('"')[0]
    return browser.post(address, data={"csrf": token(opened.text), "version": version, **fields})


def stands(at: Office, key: tuple[str, int]) -> Finding | None:
    with at.context.database.reading() as connection:
        return findings.latest(connection, key)

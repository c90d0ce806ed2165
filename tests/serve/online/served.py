"""A small home that is being served, in this process: its keys, its lines as requests, its batch beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from originrisk.data.settings import ServiceSettings, Settings
from originrisk.data.store.tables import Store
from originrisk.serve.online import access
from originrisk.serve.online.app import over
from originrisk.serve.online.service import Service
from originrisk.serve.scoring.batch import score_period
from tests.serve import factory

DAY = date(2021, 2, 5)
NIGHT = DAY - timedelta(1)


def home(folder: Path) -> Settings:
    """A home with a champion and the history after NIGHT: what DAY is scored with."""
    settings = factory.home(folder)
    score_period(settings, NIGHT, NIGHT)
    return settings


def settings(folder: Path, **service: Any) -> Settings:
    """Settings of such a home; the service looks for news often."""
    own = ServiceSettings(**{"watch_seconds": 0.02, **service})
    return Settings(home=folder, history_start=factory.START, service=own)


@contextmanager
def client(of: Settings, *, scopes: tuple[str, ...] = access.SCOPES) -> Iterator[TestClient]:
    """A client with a key, of an application that has started: what there is to load is in charge."""
    service = Service.of(of)
    _, text = access.create_key(of.home, "test", scopes, 1)
    with TestClient(over(service), headers={"authorization": f"Bearer {text}"}) as opened:
        yield opened


def rows(of: Settings, day: date = DAY) -> list[dict[str, Any]]:
    """The stored lines of a day as a request holds them."""
    table = Store(of.home).entries(day, day).to_pylist()
    return [{name: _json(value) for name, value in row.items() if value is not None} for row in table]


def ask(opened: TestClient, lines: list[dict[str, Any]], *include: str) -> dict[str, Any]:
    """The answer to lines; fails on any other status."""
    answered = opened.post("/v1/score", json={"lines": lines, "include": list(include)})
    assert answered.status_code == 200, answered.text
    answer: dict[str, Any] = answered.json()
    return answer


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

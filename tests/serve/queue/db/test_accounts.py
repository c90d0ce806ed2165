"""Accounts of the demo, and that they are dead elsewhere."""

import shutil
from pathlib import Path

import pytest

from originrisk.data.errors import UsageError
from originrisk.serve.queue.db.accounts import DEMO_NAMES as NAMES
from originrisk.serve.queue.db.accounts import create_demo as hire
from tests.serve.queue import office
from tests.serve.queue.office import Office, log_in


@pytest.fixture
def simulated(scored_home: Path, tmp_path: Path) -> Path:
    home = shutil.copytree(scored_home, tmp_path / "home")
    (home / "world" / "entries").mkdir(parents=True)
    return home


def hired(at: Office) -> str:
    with at.context.unit_of_work() as unit:
        return hire(unit, at.settings)


def test_an_account_of_each_role_works_in_the_demo_and_says_that_it_is_one(simulated: Path) -> None:
    at = Office(office.settings(simulated, ""))
    password = hired(at)
    for name in NAMES.values():
        assert log_in(at.visitor(), name, password).status_code == 303
    assert "Simulated data" in at.visitor().get("/login").text
    assert hired(at) != password
    assert log_in(at.visitor(), "officer", password).status_code == 401


@pytest.mark.parametrize("change", ["world", "host", "hosts"])
def test_it_is_dead_where_one_condition_fails_even_with_a_session(simulated: Path, change: str) -> None:
    at = Office(office.settings(simulated, ""))
    password, browser = hired(at), at.visitor()
    log_in(browser, "officer", password)
    assert browser.get("/").headers["location"] == "/queue"
    changes = {"host": {"host": "0.0.0.0"}, "hosts": {"hosts": ("localhost", "queue.example")}}
    if change == "world":
        shutil.rmtree(simulated / "world")
    moved = Office(office.settings(simulated, "", **changes.get(change, {})))
    again = moved.visitor()
    again.cookies.update(dict(browser.cookies))
    assert again.get("/").headers["location"].startswith("/login")
    assert log_in(moved.visitor(), "officer", password).status_code == 401
    with pytest.raises(UsageError, match="simulated lines"):
        hired(moved)

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


def test_an_administrator_makes_accounts_and_gives_passwords_on_the_page(scored_home: Path, tmp_path: Path) -> None:
    at = Office(office.settings(shutil.copytree(scored_home, tmp_path / "home"), ""))
    adam, ann = at.at_work("adam", "administrator"), at.at_work("ann")
    form = {"csrf": office.token(adam.get("/accounts").text)}
    new = {**form, "name": "bea", "role": "officer", "password": "three blind mice run"}
    assert adam.post("/accounts", data=new).status_code == 303
    assert adam.post("/accounts", data=new).status_code == 422  # the name is taken
    assert adam.post("/accounts", data={**new, "name": "cid", "password": "password1234"}).status_code == 422
    assert adam.post("/accounts", data={**new, "name": "cid", "role": "chief"}).status_code == 422
    assert log_in(at.visitor(), "bea", "three blind mice run").status_code == 303
    given = {**form, "password": "see how they all run"}
    assert adam.post("/accounts/ann/password", data=given).status_code == 303
    assert ann.get("/queue").status_code == 303  # its sessions ended
    assert log_in(at.visitor(), "ann", "see how they all run").status_code == 303
    assert adam.post("/accounts/adam/password", data=given).status_code == 422
    assert adam.post("/accounts/nobody/password", data=given).status_code == 422
    assert {("adam", "create account", "bea"), ("adam", "password", "ann")} <= set(at.audited())
    assert "see how" not in str(at.audited())
    at.context.database.close()

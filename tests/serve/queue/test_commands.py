"""The commands of accounts, audit and outcomes, as people run them."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from originrisk.data.errors import BadInputError, UsageError
from originrisk.serve.queue.commands import GROUPS
from originrisk.serve.queue.db.database import Database
from tests.serve.queue import office, postgres
from tests.serve.queue.office import PASSWORD, Office, log_in


def run(home: Path, *words: str, typed: str = "") -> Result:
    app = typer.Typer()

    @app.callback()
    def _home(ctx: typer.Context) -> None:
        ctx.obj = home

    for name, group in GROUPS.items():
        app.add_typer(group, name=name)
    return CliRunner().invoke(app, words, input=typed, catch_exceptions=False)


def said(home: Path, *words: str, typed: str = "") -> Any:
    done = run(home, *words, "--json", typed=typed)
    assert done.exit_code == 0
    return json.loads(done.stdout)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert said(tmp_path, "queue", "migrate") == said(tmp_path, "queue", "migrate")
    return tmp_path


def test_a_home_without_a_database_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="originrisk queue migrate"):
        run(tmp_path, "accounts", "list")


def test_accounts_are_made_changed_and_listed_without_their_passwords(home: Path) -> None:
    said(home, "accounts", "create", "ann", "officer", typed=f"{PASSWORD}\n")
    said(home, "accounts", "role", "ann", "supervisor")
    said(home, "accounts", "lock", "ann")
    said(home, "accounts", "password", "ann", typed=f"{PASSWORD} too\n")
    (account,) = said(home, "accounts", "list")["accounts"]
    assert {name: account[name] for name in ("name", "role", "locked", "demo")} == {
        "name": "ann",
        "role": "supervisor",
        "locked": True,
        "demo": False,
    }
    assert "argon2" not in json.dumps(account)
    database = Database(office.settings(home, ""))
    with database.reading() as connection:
        (kept,) = connection.exec_driver_sql("SELECT password FROM accounts").scalars()
    database.close()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,")
    assert said(home, "audit", "verify")["rows"] == 4


@pytest.mark.parametrize(
    ("name", "role", "typed", "wrong"),
    [
        ("Ann Smith", "officer", PASSWORD, "name"),
        ("ann", "chief", PASSWORD, "role"),
        ("ann", "officer", "short", "password"),
        ("ann", "officer", "", "password"),
        ("ann", "officer", "x" * 300, "password"),
        ("bob", "officer", PASSWORD, "an account of that name"),
    ],
)
def test_an_account_that_will_not_do_is_refused(home: Path, name: str, role: str, typed: str, wrong: str) -> None:
    said(home, "accounts", "create", "bob", "officer", typed=f"{PASSWORD}\n")
    with pytest.raises(UsageError, match=wrong):
        run(home, "accounts", "create", name, role, typed=f"{typed}\n")
    assert len(said(home, "accounts", "list")["accounts"]) == 1


@pytest.mark.parametrize("words", [("lock", "eve"), ("role", "eve", "officer"), ("password", "eve")])
def test_an_account_that_there_is_not_is_named(home: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="no account of that name"):
        run(home, "accounts", *words, typed=f"{PASSWORD}\n")


def test_a_damaged_audit_ends_with_what_is_wrong(home: Path) -> None:
    said(home, "accounts", "create", "ann", "officer", typed=f"{PASSWORD}\n")
    database = Database(office.settings(home, ""))
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_delete")
        connection.exec_driver_sql("DELETE FROM audit")
    database.close()
    with pytest.raises(BadInputError, match="expected row 1, as its seal says, found row 0"):
        run(home, "audit", "verify")


def test_a_database_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="postgresql://"):
        Database(office.settings(tmp_path, "mysql://h/d"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_first_start_of_a_fresh_home_works_on_every_database(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = ""
    if kind == "postgresql":
        server: postgres.Server = request.getfixturevalue("postgres_server")
        address = server.fresh()
        monkeypatch.setenv("ORIGINRISK_QUEUE__DATABASE", address)
    said(tmp_path, "queue", "migrate")
    assert said(tmp_path, "accounts", "create", "ann", "officer", typed=f"{PASSWORD}\n")["account"] == "ann"
    opened = Office(office.settings(tmp_path, address))
    assert log_in(opened.visitor(), "ann").status_code == 303
    opened.context.database.close()
    assert said(tmp_path, "audit", "verify")["rows"] == 2


def test_a_seal_that_cannot_be_written_leaves_the_action_whole(home: Path) -> None:
    (home / "queue" / "audit-seals.jsonl").mkdir()  # as a full disk or a lost right would
    assert said(home, "accounts", "create", "ann", "officer", typed=f"{PASSWORD}\n")["account"] == "ann"
    assert [one["name"] for one in said(home, "accounts", "list")["accounts"]] == ["ann"]

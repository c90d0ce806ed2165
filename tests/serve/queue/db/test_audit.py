"""The audit: what it finds out about itself."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from originrisk.data.errors import BadInputError
from originrisk.data.settings import Settings, load_settings
from originrisk.data.store import journal
from originrisk.serve.queue.db import audit, outcomes
from originrisk.serve.queue.db.audit import Seal, verify
from originrisk.serve.queue.db.database import Database
from originrisk.serve.queue.db.tables import AUDIT, GROWING
from tests.serve.queue.office import ADVERSE, Office, lines, stands, token, write


def triggers(dialect: str) -> list[str]:
    if dialect == "postgresql":
        return [f"{table}_only_grows ON {table}" for table in GROWING]
    return [f"{table}_no_{event}" for table in GROWING for event in ("update", "delete", "replace")]


@pytest.fixture
def told(at: Office) -> Office:
    """An office whose audit has nine rows."""
    for number in range(9):
        with at.context.unit_of_work() as unit:
            unit.record("ann", "read_line", f"/lines/{number}", page=number)
    return at


def tamper(at: Office, *statements: str) -> None:
    """Change the table as one may who owns the database file."""
    with at.context.database.writing() as connection:
        for name in triggers(connection.dialect.name):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        for statement in statements:
            connection.execute(text(statement))


def found(at: Office) -> list[str]:
    return [str(problem) for problem in verify(at.context.database, at.settings.home).problems]


def test_a_whole_audit_is_whole(told: Office) -> None:
    verified = verify(told.context.database, told.settings.home)
    assert verified.rows == 9
    assert verified.problems == ()


@pytest.mark.parametrize(
    "change", ["subject = '/lines/x'", "account = 'bob'", "details = '{}'", "at = '2020-01-01T00:00:00.000000+00:00'"]
)
def test_a_changed_row_is_found(told: Office, change: str) -> None:
    tamper(told, f"UPDATE audit SET {change} WHERE number = 4")
    assert found(told) == ["row 4: expected the row as it was sealed, found other content."]


def test_a_removed_row_is_found(told: Office) -> None:
    tamper(told, "DELETE FROM audit WHERE number = 4")
    assert "row 4: expected the next row, found row 5." in found(told)


def test_a_removed_row_is_found_though_the_others_are_numbered_anew(told: Office) -> None:
    tamper(told, "DELETE FROM audit WHERE number = 4", "UPDATE audit SET number = number - 1 WHERE number > 4")
    assert "row 4: expected the hash of the row before, found another." in found(told)


def test_swapped_rows_are_found(told: Office) -> None:
    moves = ((4, 99), (5, 4), (99, 5))
    tamper(told, *(f"UPDATE audit SET number = {new} WHERE number = {old}" for old, new in moves))
    assert {"row 4", "row 5"} <= {problem.split(":")[0] for problem in found(told)}


def test_a_cut_tail_is_found_by_the_seals(told: Office) -> None:
    tamper(told, "DELETE FROM audit WHERE number > 6")
    assert found(told) == ["the end: expected row 9, as its seal says, found row 6 as the last."]


def test_a_chain_forged_anew_is_found_by_the_seals(told: Office) -> None:
    with told.context.database.reading() as connection:
        rows = [dict(row) for row in audit.rows(connection)]
    tamper(told, "DELETE FROM audit WHERE number > 6")
    forged = {**rows[6], "subject": "/nothing"}
    forged["hash"] = audit.seal(forged)
    with told.context.database.writing() as connection:
        connection.execute(AUDIT.insert().values(forged))
    assert "row 7: expected the seal beside the database, found another." in found(told)


@pytest.mark.parametrize("statement", ["DELETE FROM audit", "UPDATE audit SET subject = ''"])
def test_the_database_keeps_rows_as_they_are(told: Office, statement: str) -> None:
    with pytest.raises(DBAPIError, match="stay as they are"), told.context.database.writing() as connection:
        connection.execute(text(statement))


def test_what_is_undone_leaves_no_row_and_no_seal(told: Office) -> None:
    def told_and_undone() -> None:
        with told.context.unit_of_work() as unit:
            unit.record("ann", "read_line", "/lines/9")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        told_and_undone()
    assert len(told.audited()) == 9
    assert journal.read(audit.seals(told.settings.home), Seal, "a seal")[-1].number == 9


SECRET = "S3cretPassw0rd"


@pytest.mark.parametrize(
    "written",
    [
        f'[queue]\ndatabse = "postgresql://u:{SECRET}@db/oq"',
        f'[queue]\ndatabase = ["postgresql://u:{SECRET}@db/oq"]',
        f'queue = "postgresql://u:{SECRET}@db/oq"',
        f'[queue]\nport = "{SECRET}"',
        f'[queue]\ndatabase = "postgresql://u:{SECRET}@db:oops/oq"',
        f'[queue]\ndatabase = "mysql://u:{SECRET}@db/oq"',
        f'[queue]\ndatabase = "{SECRET}"',
    ],
)
def test_no_setting_shows_the_database_password(tmp_path: Path, written: str) -> None:
    (tmp_path / "settings.toml").write_text(written)
    with pytest.raises(BadInputError) as refused:
        Database(load_settings(tmp_path))
    assert "settings: queue" in str(refused.value)
    assert SECRET not in str(refused.value)
    assert SECRET not in repr(Settings(home=tmp_path / "other", queue={"database": f"postgresql://u:{SECRET}@h/d"}))


@pytest.fixture
def worked(at: Office) -> Office:
    """An office with a finding, its second reading, an assignment, a comment and two accounts."""
    key, ann = lines(at)[0], at.at_work("ann")
    write(ann, key, **ADVERSE, reason="two samples")
    ann.post(f"/lines/{key[0]}/{key[1]}/assignment", data={"csrf": token(ann.get("/queue").text), "officer": "ann"})
    ann.post(
        f"/lines/{key[0]}/{key[1]}/comments",
        data={"csrf": token(ann.get("/queue").text), "text": "asked for gin records"},
    )
    bob, one = at.at_work("bob", "supervisor"), stands(at, key)
    assert one
    bob.post(f"/findings/{one.id}/reading", data={"csrf": token(bob.get("/readings").text), "agrees": "true"})
    assert found(at) == []
    return at


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE findings SET result = 'not_xinjiang'", "findings 1"),
        ("UPDATE findings SET note = 'x'", "findings 1"),
        ("UPDATE readings SET agrees = (1 = 0)", "readings 1"),
        ("DELETE FROM readings", "readings 1"),
        ("UPDATE assignments SET officer = NULL", "assignments 1"),
        ("UPDATE accounts SET role = 'administrator' WHERE name = 'ann'", "accounts ann"),
        ("UPDATE accounts SET password = 'x' WHERE name = 'ann'", "accounts ann"),
        (
            "INSERT INTO accounts (id, name, role, demo, locked, failures, created_at) "
            "VALUES (99, 'eve', 'administrator', (1 = 0), (1 = 0), 0, '2021-01-01T00:00:00.000000+00:00')",
            "accounts eve",
        ),
    ],
)
def test_what_is_changed_past_the_audit_is_found(worked: Office, statement: str, told: str) -> None:
    tamper(worked, statement)
    assert [problem.split(":")[0] for problem in found(worked)] == [told]


def test_seals_that_are_gone_are_a_fault(told: Office) -> None:
    audit.seals(told.settings.home).unlink()
    assert found(told) == ["audit-seals.jsonl: expected the seals beside the database, found none."]


@pytest.mark.parametrize("table", GROWING)
def test_no_row_is_replaced(worked: Office, table: str) -> None:
    replace = {
        "sqlite": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "postgresql": f"UPDATE {table} SET at = at",
    }
    outcomes.deliver(worked.context, "test")
    with pytest.raises(DBAPIError, match="stay as they are"), worked.context.database.writing() as connection:
        connection.execute(text(replace[connection.dialect.name]))
    assert found(worked) == []


def test_what_an_earlier_version_left_is_sealed_as_it_is_found(worked: Office) -> None:
    tamper(worked, "DELETE FROM audit")
    with worked.context.database.writing() as connection:
        audit.adopt(connection, worked.now)
    # only the chain itself is broken, by the removal above
    assert {problem.split(" ")[0] for problem in found(worked)} <= {"row", "the"}

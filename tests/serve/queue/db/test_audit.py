"""The audit: what it finds out about itself."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from originrisk.data.settings import Settings
from originrisk.data.store import journal
from originrisk.serve.queue.db import audit
from originrisk.serve.queue.db.audit import Seal, verify
from originrisk.serve.queue.db.tables import AUDIT
from tests.serve.queue.office import Office

TRIGGERS = {
    "sqlite": ("audit_no_update", "audit_no_delete"),
    "postgresql": ("audit_only_grows ON audit",),
}


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
        for name in TRIGGERS[connection.dialect.name]:
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
    "change",
    ["subject = '/lines/x'", "account = 'bob'", "details = '{}'", "at = '2020-01-01T00:00:00.000000+00:00'"],
)
def test_a_changed_row_is_found(told: Office, change: str) -> None:
    tamper(told, f"UPDATE audit SET {change} WHERE number = 4")
    assert found(told) == ["row 4: expected the row as it was sealed, found other content."]


def test_a_removed_row_is_found(told: Office) -> None:
    tamper(told, "DELETE FROM audit WHERE number = 4")
    assert "row 4: expected the next row, found row 5." in found(told)


def test_a_removed_row_is_found_though_the_others_are_numbered_anew(told: Office) -> None:
    tamper(
        told, "DELETE FROM audit WHERE number = 4", "UPDATE audit SET number = number - 1 WHERE number > 4"
    )
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


def test_no_setting_shows_the_database_password(at: Office) -> None:
    settings = Settings(home=at.settings.home, queue={"database": "postgresql://u:secret@h/d"})
    assert "secret" not in repr(settings)

"""Second readings: a finding against the goods counts once another officer agrees."""

from sqlalchemy import Connection, insert

from originrisk.data.errors import BadInputError, Problem
from originrisk.serve.queue import findings
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.desk import Act
from originrisk.serve.queue.finding import LONGEST_REASON, Finding, address
from originrisk.serve.queue.tables import READINGS


def awaited(connection: Connection) -> list[Finding]:
    """Findings that await a second reader, oldest first."""
    return [one for one in findings.everything(connection).values() if one.state == "awaits a second reader"]


def read(act: Act, visitor: Visitor, id: int, *, agrees: bool, note: str | None) -> Finding:
    """Write down what the second reader says. Raises BadInputError where it is not theirs to say."""
    finding = findings.numbered(act.connection, id)
    problem = _problem(act.connection, finding, visitor, agrees=agrees, note=note)
    if problem or finding is None:
        raise BadInputError(problem or Problem("finding", "a finding", "none"))
    row = {"finding": id, "agrees": agrees, "note": note, "by": visitor.account, "at": act.at}
    act.connection.execute(insert(READINGS).values(row))
    act.tell(visitor.name, "second reading", address(finding.line.key), finding=id, agrees=agrees)
    return finding


def _problem(
    connection: Connection, finding: Finding | None, visitor: Visitor, *, agrees: bool, note: str | None
) -> Problem | None:
    if finding is None:
        return Problem("finding", "one that awaits a second reader", "none of that number")
    last = findings.latest(connection, finding.line.key)
    if last is None or last.id != finding.id or finding.state != "awaits a second reader":
        return Problem(
            "finding", "one that awaits a second reader", "one that was read or corrected meanwhile"
        )
    if finding.by == visitor.name:
        return Problem("second reader", "another officer than the one who wrote it", "the same")
    if not agrees and not note:
        return Problem("note", "why you do not agree", "none")
    if note and len(note) > LONGEST_REASON:
        return Problem("note", f"at most {LONGEST_REASON:,} characters", f"{len(note):,}")
    return None

"""Whether officers agree: second readings, and how often findings were corrected."""

from sqlalchemy import Connection, func, select

from originrisk.serve.queue.supervision.share import Share
from originrisk.serve.queue.tables import ACCOUNTS, FINDINGS, READINGS


def agreement(connection: Connection) -> list[Share]:
    """Second readings that agreed: all of them, and by the officer whose finding was read."""
    rows = (
        select(ACCOUNTS.c.name, READINGS.c.agrees)
        .join(FINDINGS, FINDINGS.c.id == READINGS.c.finding)
        .join(ACCOUNTS, ACCOUNTS.c.id == FINDINGS.c.by)
    )
    found = [(row.name, row.agrees) for row in connection.execute(rows)]
    names = sorted({name for name, _ in found})
    own = [_share(name, [agrees for one, agrees in found if one == name]) for name in names]
    return [_share("all", [agrees for _, agrees in found]), *own]


def corrected(connection: Connection) -> Share:
    """Lines whose finding was corrected at least once, among all lines with one."""
    lines = select(func.max(FINDINGS.c.version)).group_by(FINDINGS.c.entry_number, FINDINGS.c.line_number)
    versions = list(connection.execute(lines).scalars())
    return _share("corrected", [version > 1 for version in versions])


def _share(name: str, cases: list[bool]) -> Share:
    return Share(name, sum(cases), len(cases))

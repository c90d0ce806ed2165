"""No row is replaced in SQLite, and the audit seals the rows of findings, second readings, work and accounts."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from originrisk.serve.queue.db import audit

revision = "0002"
down_revision = "0001"

KEYS = {
    "findings": (
        "id = NEW.id",
        "entry_number = NEW.entry_number AND line_number = NEW.line_number AND version = NEW.version",
    ),
    "readings": ("finding = NEW.finding",),
    "assignments": ("id = NEW.id",),
    "delivered": ("finding = NEW.finding",),
    "audit": ("number = NEW.number",),
}


def upgrade() -> None:
    """Add the triggers (REPLACE fires none for the row that it removes) and seal what is there."""
    if op.get_bind().dialect.name == "sqlite":
        for table, same in KEYS.items():
            there = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {one})" for one in same)
            op.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} stay as they are'); END"
            )
    op.add_column("findings", sa.Column("disposition", sa.String(30)))  # sealed; revision 0003 adds it elsewhere
    audit.adopt(op.get_bind(), datetime.now(UTC))

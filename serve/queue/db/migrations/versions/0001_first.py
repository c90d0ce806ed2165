"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

GROWING = ("findings", "readings", "assignments", "delivered", "audit")
MOMENT = sa.String(32)


def upgrade() -> None:
    """Make the tables and the triggers that keep the growing ones as they are."""
    _people()
    _work()
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    _keep_as_they_are()


def _people() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password", sa.Text),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.Column("locked", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
    op.create_table(
        "views",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.UniqueConstraint("account", "name"),
    )


def _work() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry_number", sa.String(40), nullable=False),
        sa.Column("line_number", sa.Integer, nullable=False),
        sa.Column("entry_date", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("result", sa.String(20)),
        sa.Column("method", sa.String(20)),
        sa.Column("found_on", sa.Date),
        sa.Column("reason", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("selection", sa.String(10)),
        sa.Column("chance", sa.Float),
        sa.Column("probability", sa.Float),
        sa.Column("model_version", sa.String(64)),
        sa.Column("by", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("entry_number", "line_number", "version"),
    )
    op.create_table(
        "readings",
        sa.Column("finding", sa.Integer, sa.ForeignKey("findings.id"), primary_key=True),
        sa.Column("agrees", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("by", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry_number", sa.String(40), nullable=False),
        sa.Column("line_number", sa.Integer, nullable=False),
        sa.Column("entry_date", sa.Date, nullable=False),
        sa.Column("officer", sa.Integer, sa.ForeignKey("accounts.id")),
        sa.Column("by", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("assignments_by_line", "assignments", ["entry_number", "line_number"])
    op.create_index("assignments_by_day", "assignments", ["entry_date"])
    op.create_index("findings_by_day", "findings", ["entry_date"])
    op.create_table(
        "delivered",
        sa.Column("finding", sa.Integer, sa.ForeignKey("findings.id"), primary_key=True),
        sa.Column("file", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )


def _keep_as_they_are() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % stay as they are', TG_TABLE_NAME; END $$"
        )
        for table in GROWING:
            op.execute(
                f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"
            )
        return
    for table in GROWING:
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} stay as they are'); END"
            )

"""Comments on lines, each with at most one attached file, which lies beside the database under its digest."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table, and the triggers that keep its rows as they are."""
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry_number", sa.String(40), nullable=False),
        sa.Column("line_number", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("file_name", sa.String(100)),
        sa.Column("kind", sa.String(10)),
        sa.Column("size", sa.Integer),
        sa.Column("sha256", sa.String(64)),
        sa.Column("by", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("comments_by_line", "comments", ["entry_number", "line_number"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER comments_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON comments "
            "FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"
        )
        return
    abort = "BEGIN SELECT RAISE(ABORT, 'rows of comments stay as they are'); END"
    for event in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER comments_no_{event.lower()} BEFORE {event} ON comments {abort}")
    there = "WHEN EXISTS (SELECT 1 FROM comments WHERE id = NEW.id)"
    op.execute(f"CREATE TRIGGER comments_no_replace BEFORE INSERT ON comments {there} {abort}")

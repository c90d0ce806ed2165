"""A finding says what was done with the goods, beside what was found of their origin."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column where revision 0002 ran before it did so itself. The seals of earlier rows stay as they are."""
    if "disposition" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("findings")}:
        op.add_column("findings", sa.Column("disposition", sa.String(30)))

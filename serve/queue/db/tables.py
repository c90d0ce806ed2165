"""Tables of the queue's database. What people wrote and the audit of it only grow; triggers see to it."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Moment(TypeDecorator[datetime]):
    """A time with its zone, kept as ISO text in UTC: the same on every database, and ordered as text."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


METADATA: Final = MetaData()

ACCOUNTS: Final = Table(
    "accounts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("password", Text),
    Column("demo", Boolean, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("created_at", Moment, nullable=False),
)

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("token", String(64), primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

FINDINGS: Final = Table(
    "findings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("entry_number", String(40), nullable=False),
    Column("line_number", Integer, nullable=False),
    Column("entry_date", Date, nullable=False),
    Column("version", Integer, nullable=False),
    Column("decision", String(20), nullable=False),
    Column("result", String(20)),
    Column("method", String(20)),
    Column("found_on", Date),
    Column("reason", Text),
    Column("note", Text),
    Column("selection", String(10)),
    Column("chance", Float),
    Column("probability", Float),
    Column("model_version", String(64)),
    Column("by", ForeignKey("accounts.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("disposition", String(30)),
    UniqueConstraint("entry_number", "line_number", "version"),
)

READINGS: Final = Table(
    "readings",
    METADATA,
    Column("finding", ForeignKey("findings.id"), primary_key=True),
    Column("agrees", Boolean, nullable=False),
    Column("note", Text),
    Column("by", ForeignKey("accounts.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

ASSIGNMENTS: Final = Table(
    "assignments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("entry_number", String(40), nullable=False),
    Column("line_number", Integer, nullable=False),
    Column("entry_date", Date, nullable=False),
    Column("officer", ForeignKey("accounts.id")),
    Column("by", ForeignKey("accounts.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

COMMENTS: Final = Table(
    "comments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("entry_number", String(40), nullable=False),
    Column("line_number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("file_name", String(100)),
    Column("kind", String(10)),
    Column("size", Integer),
    Column("sha256", String(64)),
    Column("by", ForeignKey("accounts.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

VIEWS: Final = Table(
    "views",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False),
    Column("name", String(100), nullable=False),
    Column("query", Text, nullable=False),
    UniqueConstraint("account", "name"),
)

DELIVERED: Final = Table(
    "delivered",
    METADATA,
    Column("finding", ForeignKey("findings.id"), primary_key=True),
    Column("file", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("account", String(100), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

GROWING: Final = ("findings", "readings", "assignments", "comments", "delivered", "audit")
"""Tables whose rows are never changed nor removed."""

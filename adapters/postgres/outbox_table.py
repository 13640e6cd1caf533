from sqlalchemy import BigInteger, Column, Identity, Index, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSON

from adapters.postgres.schema import ID, MOMENT, metadata

OUTBOX_CHANNEL = "vitrine_outbox"
"""Where LISTEN hears of commits that put something in."""

outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("message_id", ID, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("type", Text, nullable=False),
    # Consumers get the very bytes that were written; a dead letter need not be JSON.
    Column("payload", LargeBinary, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("occurred_at", MOMENT, nullable=False),
    Column("available_at", MOMENT, nullable=False),
    Column("published_at", MOMENT),
)

Index("ix_outbox_unpublished", outbox.c.position, postgresql_where=text("published_at IS NULL"))
Index("ix_outbox_published", outbox.c.published_at, postgresql_where=text("published_at IS NOT NULL"))

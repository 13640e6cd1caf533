"""Facts of listings in order, arrivals of uploads, and processed messages that are forgotten in time."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is known of a listing was told when it was last written, or before.
    op.execute("ALTER TABLE listings ADD COLUMN facts_as_of TIMESTAMPTZ")
    op.execute("UPDATE listings SET facts_as_of = updated_at")
    op.execute("ALTER TABLE listings ALTER COLUMN facts_as_of SET NOT NULL")
    op.execute("ALTER TABLE listings ADD COLUMN facts_digest BYTEA NOT NULL DEFAULT decode(repeat('00', 32), 'hex')")
    op.execute("ALTER TABLE listings ALTER COLUMN facts_digest DROP DEFAULT")
    op.execute("ALTER TABLE listings ADD CONSTRAINT ck_listings_facts_digest CHECK (octet_length(facts_digest) = 32)")
    op.execute("ALTER TABLE listings ADD COLUMN advanced_at TIMESTAMPTZ")
    op.execute("ALTER TABLE bookings ADD COLUMN as_of TIMESTAMPTZ")
    op.execute("ALTER TABLE listing_media_assets ADD COLUMN arrived_at TIMESTAMPTZ")
    op.execute("CREATE INDEX ix_processed_messages_processed_at ON processed_messages (processed_at)")


def downgrade() -> None:
    op.execute("DROP INDEX ix_processed_messages_processed_at")
    op.execute("ALTER TABLE listing_media_assets DROP COLUMN arrived_at")
    op.execute("ALTER TABLE bookings DROP COLUMN as_of")
    op.execute("ALTER TABLE listings DROP COLUMN advanced_at")
    op.execute("ALTER TABLE listings DROP COLUMN facts_digest")
    op.execute("ALTER TABLE listings DROP COLUMN facts_as_of")

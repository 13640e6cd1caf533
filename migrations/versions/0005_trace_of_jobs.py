"""A run remembers the trace that it belongs to."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE listing_media_jobs ADD COLUMN trace TEXT")


def downgrade() -> None:
    op.execute("ALTER TABLE listing_media_jobs DROP COLUMN trace")

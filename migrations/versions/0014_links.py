"""Tasks may be about an address that was attached."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KINDS = "'image', 'video', 'archive'"
_STAGES = "'validate', 'thumbnails', 'transcode', 'zip'"


def upgrade() -> None:
    op.execute("ALTER TABLE tasks ADD COLUMN set_attachment_id UUID")
    _require("kind", f"kind IN ({_KINDS}, 'link')")
    _require("stage", f"stage IN ({_STAGES}, 'fetch', 'finalize')")
    _require(
        "work",
        """
        num_nonnulls(job_id, batch_id, listing_id, run) = 4 AND num_nonnulls(media_id, set_attachment_id, store_id) = 0
        OR num_nonnulls(job_id, batch_id, listing_id, asset_id, run) = 0
            AND num_nonnulls(media_id, set_attachment_id) = 1 AND store_id IS NOT NULL
        """,
    )


def downgrade() -> None:
    op.execute("DELETE FROM tasks WHERE set_attachment_id IS NOT NULL")
    _require(
        "work",
        """
        num_nonnulls(job_id, batch_id, listing_id, run) = 4 AND num_nonnulls(media_id, store_id) = 0
        OR num_nonnulls(job_id, batch_id, listing_id, asset_id, run) = 0 AND num_nonnulls(media_id, store_id) = 2
        """,
    )
    _require("stage", f"stage IN ({_STAGES}, 'finalize')")
    _require("kind", f"kind IN ({_KINDS})")
    op.execute("ALTER TABLE tasks DROP COLUMN set_attachment_id")


def _require(name: str, condition: str) -> None:
    op.execute(f"ALTER TABLE tasks DROP CONSTRAINT ck_tasks_{name}, ADD CONSTRAINT ck_tasks_{name} CHECK ({condition})")

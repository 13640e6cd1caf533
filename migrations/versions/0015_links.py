"""Tasks may be about an address that was attached, and an attachment knows whether a person has named it."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KINDS = "'image', 'video', 'archive'"
_STAGES = "'validate', 'thumbnails', 'transcode', 'zip'"


def upgrade() -> None:
    # It commits on its way, so each step may be repeated. What was attached before was named by people, or by its
    # address, which says as much.
    op.execute("ALTER TABLE set_attachments ADD COLUMN IF NOT EXISTS has_own_title BOOLEAN NOT NULL DEFAULT true")
    op.execute("ALTER TABLE set_attachments ALTER COLUMN has_own_title DROP DEFAULT")
    op.execute("ALTER TABLE tasks ADD COLUMN IF NOT EXISTS set_attachment_id UUID")
    _require_of_new_rows("kind", f"kind IN ({_KINDS}, 'link')")
    _require_of_new_rows("stage", f"stage IN ({_STAGES}, 'fetch', 'finalize')")
    _require_of_new_rows(
        "work",
        """
        num_nonnulls(job_id, batch_id, listing_id, run) = 4 AND num_nonnulls(media_id, set_attachment_id, store_id) = 0
        OR num_nonnulls(job_id, batch_id, listing_id, asset_id, run) = 0
            AND num_nonnulls(media_id, set_attachment_id) = 1 AND store_id IS NOT NULL
        """,
    )
    _look_through_old_rows()


def downgrade() -> None:
    # Nobody would ever fetch them, and whoever attached them could not say so again.
    op.execute("""
        UPDATE set_attachments
        SET fetch_status = 'FAILED', failure_code = 'INTERNAL_ERROR', failure_detail = 'set its address again'
        WHERE fetch_status = 'FETCHING'
    """)
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
    op.execute("ALTER TABLE set_attachments DROP COLUMN has_own_title")


def _require(name: str, condition: str, *, valid: str = "") -> None:
    op.execute(
        f"ALTER TABLE tasks DROP CONSTRAINT ck_tasks_{name}, ADD CONSTRAINT ck_tasks_{name} CHECK ({condition}) {valid}"
    )


def _require_of_new_rows(name: str, condition: str) -> None:
    """Those that are there already are looked through later, beside whoever writes."""
    _require(name, condition, valid="NOT VALID")


def _look_through_old_rows() -> None:
    with op.get_context().autocommit_block():
        for name in ("work", "stage", "kind"):
            op.execute(f"ALTER TABLE tasks VALIDATE CONSTRAINT ck_tasks_{name}")

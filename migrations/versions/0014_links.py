"""Tasks may be about an address that was attached, and files may fail for what was found there."""

from alembic import op

# ruff: noqa: S608 - constants

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KINDS = "'image', 'video', 'archive'"
_STAGES = "'validate', 'thumbnails', 'transcode', 'zip'"
_FAILURES = """
    'CHECKSUM_MISMATCH', 'SIZE_MISMATCH', 'CONTENT_TYPE_MISMATCH', 'UNREADABLE_MEDIA', 'PIXEL_LIMIT_EXCEEDED',
    'DURATION_LIMIT_EXCEEDED', 'DECODER_CRASHED', 'TRANSCODE_FAILED', 'TIMEOUT', 'ZIP_FAILED', 'NOT_UPLOADED',
    'UPLOAD_EXPIRED'
"""
_FAILURES_OF_THE_WEB = """
    'URL_INVALID', 'ADDRESS_FORBIDDEN', 'TOO_MANY_REDIRECTS', 'SITE_REFUSED', 'SITE_UNREACHABLE', 'FILE_TOO_LARGE'
"""
_LAST = "'INTERNAL_ERROR'"
_FAILING = [
    ("listing_media_batches", "failure_code"),
    ("listing_media_assets", "failure_code"),
    ("listing_media_jobs", "error_code"),
    ("tasks", "failure_code"),
    ("media", "failure_code"),
]


def upgrade() -> None:
    op.execute("ALTER TABLE tasks ADD COLUMN set_attachment_id UUID")
    _allow("tasks", "kind", f"{_KINDS}, 'link'")
    _allow("tasks", "stage", f"{_STAGES}, 'fetch', 'finalize'")
    _limit(
        "tasks",
        "work",
        """
        num_nonnulls(job_id, batch_id, listing_id, run) = 4 AND num_nonnulls(media_id, set_attachment_id, store_id) = 0
        OR num_nonnulls(job_id, batch_id, listing_id, asset_id, run) = 0
            AND num_nonnulls(media_id, set_attachment_id) = 1 AND store_id IS NOT NULL
        """,
    )
    for table, column in _FAILING:
        _allow(table, column, f"{_FAILURES}, {_FAILURES_OF_THE_WEB}, {_LAST}")


def downgrade() -> None:
    op.execute("DELETE FROM tasks WHERE set_attachment_id IS NOT NULL")
    for table, column in _FAILING:
        op.execute(f"UPDATE {table} SET {column} = 'UNREADABLE_MEDIA' WHERE {column} IN ({_FAILURES_OF_THE_WEB})")
        _allow(table, column, f"{_FAILURES}, {_LAST}")
    _limit(
        "tasks",
        "work",
        """
        num_nonnulls(job_id, batch_id, listing_id, run) = 4 AND num_nonnulls(media_id, store_id) = 0
        OR num_nonnulls(job_id, batch_id, listing_id, asset_id, run) = 0 AND num_nonnulls(media_id, store_id) = 2
        """,
    )
    _allow("tasks", "stage", f"{_STAGES}, 'finalize'")
    _allow("tasks", "kind", _KINDS)
    op.execute("ALTER TABLE tasks DROP COLUMN set_attachment_id")


def _allow(table: str, column: str, choices: str) -> None:
    _limit(table, column, f"{column} IN ({choices})")


def _limit(table: str, name: str, condition: str) -> None:
    constraint = f"ck_{table}_{name}"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}, ADD CONSTRAINT {constraint} CHECK ({condition})")

"""What is fetched from the web may fail in ways of its own."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = {
    "listing_media_batches": "failure_code",
    "listing_media_assets": "failure_code",
    "listing_media_jobs": "error_code",
    "tasks": "failure_code",
    "media": "failure_code",
}
OLD = """
    'CHECKSUM_MISMATCH', 'SIZE_MISMATCH', 'CONTENT_TYPE_MISMATCH', 'UNREADABLE_MEDIA', 'PIXEL_LIMIT_EXCEEDED',
    'DURATION_LIMIT_EXCEEDED', 'DECODER_CRASHED', 'TRANSCODE_FAILED', 'TIMEOUT', 'ZIP_FAILED', 'NOT_UPLOADED',
    'UPLOAD_EXPIRED', 'INTERNAL_ERROR'
"""
NEW = """
    'URL_INVALID', 'ADDRESS_FORBIDDEN', 'TOO_MANY_REDIRECTS', 'SITE_REFUSED', 'SITE_UNREACHABLE', 'FILE_TOO_LARGE'
"""


def upgrade() -> None:
    known = OLD.replace("'UPLOAD_EXPIRED',", f"'UPLOAD_EXPIRED', {NEW.strip()},")
    for table, column in COLUMNS.items():
        allow(table, column, known)


def downgrade() -> None:
    for table, column in COLUMNS.items():
        op.execute(f"UPDATE {table} SET {column} = 'INTERNAL_ERROR' WHERE {column} IN ({NEW})")  # noqa: S608 - ours
        allow(table, column, OLD)


def allow(table: str, column: str, codes: str) -> None:
    constraint = f"ck_{table}_{column}"
    op.execute(f"""
        ALTER TABLE {table}
            DROP CONSTRAINT {constraint},
            ADD CONSTRAINT {constraint} CHECK ({column} IN ({codes}))
    """)

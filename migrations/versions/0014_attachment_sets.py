"""Attachments in sets of their own, so that kits have them as parts do. What parts have had moves there.

The way up goes in batches and may be cut short anywhere: it goes on when it is called again. The way down is one
transaction. `migrations/attachment_sets` has the rows, this file the tables.
"""

from alembic import op
from alembic.util import CommandError
from sqlalchemy import text

from migrations import backfill
from migrations.attachment_sets import back, forward, legacy

# ruff: noqa: S608 - constants

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OWNERS = forward.OWNERS
_LATECOMERS = text("""
    SELECT EXISTS (SELECT FROM part_attachments) OR EXISTS (SELECT FROM parts WHERE cover_attachment_id IS NOT NULL)
        OR EXISTS (SELECT FROM parts WHERE attachment_set_id IS NULL)
        OR EXISTS (SELECT FROM kits WHERE attachment_set_id IS NULL)
""")
_HOMELESS = text("""
    SELECT count(*) FROM set_attachments AS each
    WHERE NOT EXISTS (SELECT FROM parts WHERE parts.attachment_set_id = each.attachment_set_id)
""")


def upgrade() -> None:
    _make_tables()
    _make_tables_of_originals()
    with backfill.batches():
        for step in forward.STEPS:
            backfill.run(step)
    op.execute("LOCK TABLE parts, kits, part_attachments")
    if op.get_bind().scalar(_LATECOMERS):
        raise CommandError("parts, kits or their attachments were written meanwhile: stop who does, and run this again")
    _constrain()
    _drop_if_empty("part_attachment_originals")
    _drop_if_empty("part_cover_originals")


def downgrade() -> None:
    op.execute("LOCK TABLE parts, kits, attachment_sets, set_attachments")
    if homeless := op.get_bind().scalar(_HOMELESS):
        raise CommandError(
            f"{homeless} attachments hang on kits, for which revision 0013 has no place: copy what is needed to parts "
            "(POST /api/v2/parts/{partId}/attachments), delete them, and run this again"
        )
    _make_tables_of_originals()
    _make_legacy_tables()
    for statement in back.STATEMENTS:
        op.execute(statement)
    for owners in _OWNERS:
        op.execute(f"DROP INDEX ix_{owners}_of_store")
        op.execute(f"""
            ALTER TABLE {owners}
                DROP COLUMN attachment_set_id,
                DROP CONSTRAINT ck_{owners}_name,
                ALTER COLUMN name TYPE VARCHAR(255)
        """)
    op.execute("DROP TABLE set_attachments, attachment_sets, part_attachment_originals, part_cover_originals")


def _make_legacy_tables() -> None:
    op.execute("ALTER TABLE parts ADD COLUMN cover_attachment_id UUID")
    op.execute(legacy.TABLE)


def _make_tables_of_originals() -> None:
    """They outlast the way up where there is something in them."""
    op.execute(f"""
        CREATE TABLE IF NOT EXISTS part_attachment_originals (
            {legacy.COLUMNS},
            kept BOOLEAN NOT NULL,
            reason TEXT NOT NULL,
            CONSTRAINT pk_part_attachment_originals PRIMARY KEY (id)
        )
    """)
    op.execute("""
        CREATE TABLE IF NOT EXISTS part_cover_originals (
            part_id UUID NOT NULL,
            cover_attachment_id UUID NOT NULL,
            CONSTRAINT pk_part_cover_originals PRIMARY KEY (part_id)
        )
    """)


def _drop_if_empty(table: str) -> None:
    if not op.get_bind().scalar(text(f"SELECT EXISTS (SELECT FROM {table})")):
        op.drop_table(table)


def _make_tables() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS attachment_sets (
            id UUID NOT NULL,
            store_id UUID NOT NULL,
            cover_attachment_id UUID,
            created_at TIMESTAMPTZ NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_attachment_sets PRIMARY KEY (id)
        )
    """)
    op.execute("""
        CREATE TABLE IF NOT EXISTS set_attachments (
            id UUID NOT NULL,
            attachment_set_id UUID NOT NULL,
            user_id UUID NOT NULL,
            type TEXT NOT NULL,
            title TEXT NOT NULL,
            media_id UUID,
            url TEXT,
            filename TEXT,
            content_type TEXT,
            file_size BIGINT,
            fetch_status TEXT,
            failure_code TEXT,
            failure_detail TEXT,
            created_at TIMESTAMPTZ NOT NULL,
            CONSTRAINT pk_set_attachments PRIMARY KEY (id),
            CONSTRAINT fk_set_attachments_media_id FOREIGN KEY (media_id) REFERENCES media (id) ON DELETE RESTRICT,
            CONSTRAINT ck_set_attachments_type CHECK (type IN ('IMAGE', 'PDF', 'URL')),
            CONSTRAINT ck_set_attachments_fetch_status CHECK (fetch_status IN ('FETCHING', 'FETCHED', 'FAILED')),
            CONSTRAINT ck_set_attachments_failure_code CHECK (failure_code IN (
                'CHECKSUM_MISMATCH', 'SIZE_MISMATCH', 'CONTENT_TYPE_MISMATCH', 'UNREADABLE_MEDIA',
                'PIXEL_LIMIT_EXCEEDED', 'DURATION_LIMIT_EXCEEDED', 'DECODER_CRASHED', 'TRANSCODE_FAILED', 'TIMEOUT',
                'ZIP_FAILED', 'NOT_UPLOADED', 'UPLOAD_EXPIRED', 'URL_INVALID', 'ADDRESS_FORBIDDEN',
                'TOO_MANY_REDIRECTS', 'SITE_REFUSED', 'SITE_UNREACHABLE', 'FILE_TOO_LARGE', 'INTERNAL_ERROR'
            )),
            CONSTRAINT ck_set_attachments_file_size CHECK (file_size >= 0),
            CONSTRAINT ck_set_attachments_title CHECK (char_length(title) BETWEEN 1 AND 255),
            CONSTRAINT ck_set_attachments_url CHECK (char_length(url) BETWEEN 1 AND 2000),
            CONSTRAINT ck_set_attachments_media CHECK (media_id IS NOT NULL OR type = 'URL'),
            CONSTRAINT ck_set_attachments_address CHECK (
                (url IS NULL) = (fetch_status IS NULL) AND (type <> 'URL' OR url IS NOT NULL)
            )
        )
    """)
    for owners in _OWNERS:
        op.execute(f"ALTER TABLE {owners} ADD COLUMN IF NOT EXISTS attachment_set_id UUID")


def _constrain() -> None:
    op.execute("""
        ALTER TABLE set_attachments ADD CONSTRAINT fk_set_attachments_attachment_set_id
            FOREIGN KEY (attachment_set_id) REFERENCES attachment_sets (id) ON DELETE CASCADE
    """)
    op.execute("""
        ALTER TABLE attachment_sets ADD CONSTRAINT fk_attachment_sets_cover_attachment_id
            FOREIGN KEY (cover_attachment_id) REFERENCES set_attachments (id) ON DELETE SET NULL
            DEFERRABLE INITIALLY DEFERRED
    """)
    op.execute("CREATE INDEX ix_attachment_sets_cover ON attachment_sets (cover_attachment_id)")
    op.execute("CREATE INDEX ix_set_attachments_of_set ON set_attachments (attachment_set_id, created_at)")
    op.execute("CREATE INDEX ix_set_attachments_media ON set_attachments (media_id) WHERE media_id IS NOT NULL")
    op.execute("CREATE INDEX ix_set_attachments_using ON set_attachments (id) WHERE media_id IS NOT NULL")
    for owners in _OWNERS:
        op.execute(f"ALTER TABLE {owners} ALTER COLUMN name TYPE TEXT")
        op.execute(f"""
            ALTER TABLE {owners}
                ALTER COLUMN attachment_set_id SET NOT NULL,
                ADD CONSTRAINT uq_{owners}_attachment_set_id UNIQUE (attachment_set_id),
                ADD CONSTRAINT fk_{owners}_attachment_set_id
                    FOREIGN KEY (attachment_set_id) REFERENCES attachment_sets (id) ON DELETE RESTRICT,
                ADD CONSTRAINT ck_{owners}_name CHECK (char_length(name) BETWEEN 1 AND 255)
        """)
        op.execute(f"CREATE INDEX ix_{owners}_of_store ON {owners} (store_id, id DESC)")
    op.execute("ALTER TABLE parts DROP COLUMN cover_attachment_id")
    op.execute("DROP TABLE part_attachments")

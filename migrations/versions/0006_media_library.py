"""The media library: media, the bytes that they hold, and the ledger of who uses them."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE media_blobs (
            id UUID NOT NULL,
            store_id UUID NOT NULL,
            checksum BYTEA NOT NULL,
            size_bytes BIGINT NOT NULL,
            content_type TEXT NOT NULL,
            holders INTEGER NOT NULL,
            condemned_at TIMESTAMPTZ,
            collecting_since TIMESTAMPTZ,
            created_at TIMESTAMPTZ NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_media_blobs PRIMARY KEY (id),
            CONSTRAINT uq_media_blobs_store_id_checksum UNIQUE (store_id, checksum),
            CONSTRAINT ck_media_blobs_checksum CHECK (octet_length(checksum) = 32),
            CONSTRAINT ck_media_blobs_condemned CHECK ((holders = 0) = (condemned_at IS NOT NULL)),
            CONSTRAINT ck_media_blobs_size_bytes CHECK (size_bytes >= 0),
            CONSTRAINT ck_media_blobs_holders CHECK (holders >= 0)
        )
    """)
    op.execute("CREATE INDEX ix_media_blobs_condemned ON media_blobs (condemned_at) WHERE condemned_at IS NOT NULL")
    op.execute("""
        CREATE TABLE media (
            id UUID NOT NULL,
            store_id UUID NOT NULL,
            user_id UUID NOT NULL,
            kind TEXT NOT NULL,
            status TEXT NOT NULL,
            failure_code TEXT,
            failure_detail TEXT,
            blob_id UUID,
            checksum BYTEA,
            original_name TEXT NOT NULL,
            mime_type TEXT NOT NULL,
            content_class TEXT NOT NULL,
            size_bytes BIGINT NOT NULL,
            storage_key TEXT NOT NULL,
            metadata JSONB,
            renditions JSONB NOT NULL,
            alt_text TEXT,
            description TEXT,
            folder TEXT NOT NULL,
            usage_count INTEGER NOT NULL,
            deletions INTEGER NOT NULL,
            deletion_failure_code TEXT,
            deletion_failure_detail TEXT,
            created_at TIMESTAMPTZ NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL,
            quarantined_at TIMESTAMPTZ,
            deleted_at TIMESTAMPTZ,
            version INTEGER NOT NULL,
            CONSTRAINT pk_media PRIMARY KEY (id),
            CONSTRAINT ck_media_kind CHECK (kind IN (
                'product', 'ads', 'pdf', 'license_doc', 'coa', 'manifest', 'user', 'store', 'other'
            )),
            CONSTRAINT ck_media_status CHECK (status IN (
                'PENDING', 'UPLOADED', 'READY', 'FAILED', 'DELETE_REQUESTED', 'DELETE_FAILED', 'DELETED'
            )),
            CONSTRAINT ck_media_content_class CHECK (content_class IN ('image', 'video', 'document', 'other')),
            CONSTRAINT ck_media_failure_code CHECK (failure_code IN (
                'CHECKSUM_MISMATCH', 'SIZE_MISMATCH', 'CONTENT_TYPE_MISMATCH', 'UNREADABLE_MEDIA',
                'PIXEL_LIMIT_EXCEEDED', 'DURATION_LIMIT_EXCEEDED', 'DECODER_CRASHED', 'TRANSCODE_FAILED', 'TIMEOUT',
                'ZIP_FAILED', 'NOT_UPLOADED', 'UPLOAD_EXPIRED', 'INTERNAL_ERROR'
            )),
            CONSTRAINT ck_media_deletion_failure_code CHECK (deletion_failure_code IN (
                'UNKNOWN_ENTITY_TYPE', 'MEDIA_PROTECTED', 'DETACHMENT_FAILED'
            )),
            CONSTRAINT ck_media_checksum CHECK (octet_length(checksum) = 32),
            CONSTRAINT ck_media_size_bytes CHECK (size_bytes >= 0),
            CONSTRAINT ck_media_usage_count CHECK (usage_count >= 0),
            CONSTRAINT ck_media_deletions CHECK (deletions >= 0),
            CONSTRAINT fk_media_blob_id FOREIGN KEY (blob_id) REFERENCES media_blobs (id) ON DELETE RESTRICT
        )
    """)
    op.execute("CREATE INDEX ix_media_blob ON media (blob_id, id) WHERE blob_id IS NOT NULL")
    op.execute("CREATE INDEX ix_media_pending ON media (created_at) WHERE status = 'PENDING'")
    op.execute(
        "CREATE INDEX ix_media_going ON media (updated_at) WHERE status IN ('DELETE_REQUESTED', 'DELETE_FAILED')"
    )
    op.execute("""
        CREATE TABLE media_attachments (
            id UUID NOT NULL,
            media_id UUID NOT NULL,
            entity_type TEXT NOT NULL,
            entity_id UUID NOT NULL,
            store_id UUID NOT NULL,
            storage_key TEXT NOT NULL,
            created_at TIMESTAMPTZ NOT NULL,
            CONSTRAINT pk_media_attachments PRIMARY KEY (id),
            CONSTRAINT uq_media_attachments_entity_type_entity_id_media_id
                UNIQUE (entity_type, entity_id, media_id),
            CONSTRAINT fk_media_attachments_media_id FOREIGN KEY (media_id) REFERENCES media (id) ON DELETE RESTRICT
        )
    """)
    op.execute("CREATE INDEX ix_media_attachments_entity ON media_attachments (entity_type, entity_id)")
    op.execute("CREATE INDEX ix_media_attachments_media ON media_attachments (media_id)")


def downgrade() -> None:
    for table in ("media_attachments", "media", "media_blobs"):
        op.drop_table(table)

"""Listing media: listings, batches, assets, jobs, tasks, and what goes between them and the message broker.

Values of enumerations are spelled out: this revision must do the same when the code has moved on.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FAILURE_CODES = """
    'CHECKSUM_MISMATCH', 'SIZE_MISMATCH', 'CONTENT_TYPE_MISMATCH', 'UNREADABLE_MEDIA',
    'PIXEL_LIMIT_EXCEEDED', 'DURATION_LIMIT_EXCEEDED', 'DECODER_CRASHED', 'TRANSCODE_FAILED',
    'TIMEOUT', 'ZIP_FAILED', 'NOT_UPLOADED', 'UPLOAD_EXPIRED', 'INTERNAL_ERROR'
"""
TABLES = (
    "listings",
    "bookings",
    "listing_media_batches",
    "listing_media_assets",
    "listing_media_jobs",
    "tasks",
    "outbox",
    "processed_messages",
)


def upgrade() -> None:
    create_listings()
    create_batches()
    create_assets()
    create_jobs()
    create_tasks()
    create_messaging()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def create_listings() -> None:
    op.execute("""
        CREATE TABLE listings (
            id UUID NOT NULL,
            store_id UUID NOT NULL,
            owner_id UUID NOT NULL,
            kind TEXT NOT NULL,
            status TEXT NOT NULL,
            created_at TIMESTAMPTZ NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_listings PRIMARY KEY (id),
            CONSTRAINT ck_listings_kind CHECK (kind IN ('PROPERTY', 'DEVELOPMENT')),
            CONSTRAINT ck_listings_status CHECK (
                status IN ('DRAFT', 'PENDING_PHOTO_SCHEDULING', 'PENDING_PHOTO_PROCESSING',
                'PENDING_OWNER_APPROVAL', 'REJECTED_BY_OWNER', 'PUBLISHED', 'ARCHIVED')
            )
        )
    """)
    op.execute("""
        CREATE TABLE bookings (
            listing_id UUID NOT NULL,
            id UUID NOT NULL,
            photographer_id UUID NOT NULL,
            status TEXT NOT NULL,
            scheduled_at TIMESTAMPTZ NOT NULL,
            place INTEGER NOT NULL,
            CONSTRAINT pk_bookings PRIMARY KEY (listing_id, id),
            CONSTRAINT ck_bookings_status CHECK (status IN ('PENDING', 'ACTIVE', 'DONE', 'CANCELLED')),
            CONSTRAINT ck_bookings_place CHECK (place >= 0),
            CONSTRAINT fk_bookings_listing_id FOREIGN KEY (listing_id) REFERENCES listings (id) ON DELETE CASCADE
        )
    """)


def create_batches() -> None:
    op.execute(f"""
        CREATE TABLE listing_media_batches (
            id UUID NOT NULL,
            listing_id UUID NOT NULL,
            store_id UUID NOT NULL,
            reference TEXT NOT NULL,
            manifest_digest BYTEA NOT NULL,
            status TEXT NOT NULL,
            failure_code TEXT,
            carries_photos BOOLEAN NOT NULL,
            file_count INTEGER NOT NULL,
            total_bytes BIGINT NOT NULL,
            jobs INTEGER NOT NULL,
            job_id UUID,
            archive_key TEXT,
            archive_size BIGINT,
            archive_extracted_size BIGINT,
            archive_checksum BYTEA,
            created_by UUID NOT NULL,
            created_at TIMESTAMPTZ NOT NULL,
            expires_at TIMESTAMPTZ NOT NULL,
            received_at TIMESTAMPTZ,
            settled_at TIMESTAMPTZ,
            ready_at TIMESTAMPTZ,
            deleted_at TIMESTAMPTZ,
            version INTEGER NOT NULL,
            CONSTRAINT pk_listing_media_batches PRIMARY KEY (id),
            CONSTRAINT ck_listing_media_batches_status CHECK (
                status IN ('PENDING_UPLOAD', 'RECEIVED', 'PROCESSING', 'READY', 'FAILED')
            ),
            CONSTRAINT ck_listing_media_batches_failure_code CHECK (failure_code IN ({FAILURE_CODES})),
            CONSTRAINT ck_listing_media_batches_manifest_digest CHECK (octet_length(manifest_digest) = 32),
            CONSTRAINT ck_listing_media_batches_archive_checksum CHECK (octet_length(archive_checksum) = 32),
            CONSTRAINT ck_listing_media_batches_file_count CHECK (file_count >= 0),
            CONSTRAINT ck_listing_media_batches_total_bytes CHECK (total_bytes >= 0),
            CONSTRAINT ck_listing_media_batches_jobs CHECK (jobs >= 0),
            CONSTRAINT ck_listing_media_batches_archive_size CHECK (archive_size >= 0),
            CONSTRAINT ck_listing_media_batches_archive_extracted_size CHECK (archive_extracted_size >= 0),
            CONSTRAINT fk_listing_media_batches_listing_id FOREIGN KEY (listing_id) REFERENCES listings (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_listing_media_batches_awaiting_uploads ON listing_media_batches (expires_at)
        WHERE deleted_at IS NULL AND status = 'PENDING_UPLOAD'
    """)
    op.execute("""
        CREATE INDEX ix_listing_media_batches_of_listing ON listing_media_batches (listing_id, id)
        WHERE deleted_at IS NULL
    """)
    op.execute("""
        CREATE UNIQUE INDEX uq_listing_media_batches_live_reference ON listing_media_batches (listing_id, reference)
        WHERE deleted_at IS NULL AND failure_code IS DISTINCT FROM 'UPLOAD_EXPIRED'
    """)


def create_assets() -> None:
    op.execute(f"""
        CREATE TABLE listing_media_assets (
            id UUID NOT NULL,
            batch_id UUID NOT NULL,
            listing_id UUID NOT NULL,
            client_id TEXT NOT NULL,
            media_type TEXT NOT NULL,
            filename TEXT NOT NULL,
            content_type TEXT NOT NULL,
            size BIGINT NOT NULL,
            checksum BYTEA NOT NULL,
            sequence INTEGER NOT NULL,
            title TEXT,
            key TEXT NOT NULL,
            status TEXT NOT NULL,
            failure_code TEXT,
            failure_detail TEXT,
            multipart_upload_id TEXT,
            multipart_part_size BIGINT,
            etag TEXT,
            crc32 BIGINT,
            facts JSON,
            renditions JSON NOT NULL,
            created_at TIMESTAMPTZ NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_listing_media_assets PRIMARY KEY (id),
            CONSTRAINT uq_listing_media_assets_batch_id_media_type_sequence UNIQUE (batch_id, media_type, sequence),
            CONSTRAINT ck_listing_media_assets_media_type CHECK (
                media_type IN ('PHOTO_VERTICAL', 'PHOTO_HORIZONTAL', 'VIDEO_VERTICAL', 'VIDEO_HORIZONTAL',
                'PROJECT_DOC', 'PROJECT_RENDER')
            ),
            CONSTRAINT ck_listing_media_assets_status CHECK (
                status IN ('PENDING_UPLOAD', 'RECEIVED', 'PROCESSING', 'PROCESSED', 'FAILED')
            ),
            CONSTRAINT ck_listing_media_assets_failure_code CHECK (failure_code IN ({FAILURE_CODES})),
            CONSTRAINT ck_listing_media_assets_checksum CHECK (octet_length(checksum) = 32),
            CONSTRAINT ck_listing_media_assets_size CHECK (size >= 0),
            CONSTRAINT ck_listing_media_assets_sequence CHECK (sequence >= 0),
            CONSTRAINT ck_listing_media_assets_multipart_part_size CHECK (multipart_part_size >= 0),
            CONSTRAINT ck_listing_media_assets_crc32 CHECK (crc32 >= 0),
            CONSTRAINT fk_listing_media_assets_batch_id FOREIGN KEY (batch_id) REFERENCES listing_media_batches (id)
        )
    """)


def create_jobs() -> None:
    op.execute(f"""
        CREATE TABLE listing_media_jobs (
            id UUID NOT NULL,
            batch_id UUID NOT NULL,
            listing_id UUID NOT NULL,
            attempt INTEGER NOT NULL,
            provider TEXT NOT NULL,
            status TEXT NOT NULL,
            total INTEGER NOT NULL,
            done INTEGER NOT NULL,
            failed INTEGER NOT NULL,
            error_code TEXT,
            estimated_seconds INTEGER NOT NULL,
            created_at TIMESTAMPTZ NOT NULL,
            started_at TIMESTAMPTZ,
            finished_at TIMESTAMPTZ,
            version INTEGER NOT NULL,
            CONSTRAINT pk_listing_media_jobs PRIMARY KEY (id),
            CONSTRAINT uq_listing_media_jobs_batch_id_attempt UNIQUE (batch_id, attempt),
            CONSTRAINT ck_listing_media_jobs_provider CHECK (provider IN ('INTERNAL', 'EXTERNAL')),
            CONSTRAINT ck_listing_media_jobs_status CHECK (
                status IN ('PENDING', 'RUNNING', 'SUCCEEDED', 'PARTIAL_SUCCESS', 'FAILED')
            ),
            CONSTRAINT ck_listing_media_jobs_error_code CHECK (error_code IN ({FAILURE_CODES})),
            CONSTRAINT ck_listing_media_jobs_attempt CHECK (attempt >= 0),
            CONSTRAINT ck_listing_media_jobs_total CHECK (total >= 0),
            CONSTRAINT ck_listing_media_jobs_done CHECK (done >= 0),
            CONSTRAINT ck_listing_media_jobs_failed CHECK (failed >= 0),
            CONSTRAINT ck_listing_media_jobs_estimated_seconds CHECK (estimated_seconds >= 0),
            CONSTRAINT fk_listing_media_jobs_batch_id FOREIGN KEY (batch_id) REFERENCES listing_media_batches (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_listing_media_jobs_in_flight ON listing_media_jobs (id)
        WHERE status IN ('PENDING', 'RUNNING')
    """)
    op.execute("""
        CREATE INDEX ix_listing_media_jobs_unanswered ON listing_media_jobs (created_at)
        WHERE provider = 'EXTERNAL' AND status IN ('PENDING', 'RUNNING')
    """)


def create_tasks() -> None:
    op.execute(f"""
        CREATE TABLE tasks (
            id UUID NOT NULL,
            kind TEXT NOT NULL,
            job_id UUID NOT NULL,
            batch_id UUID NOT NULL,
            listing_id UUID NOT NULL,
            asset_id UUID,
            run INTEGER NOT NULL,
            status TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            max_attempts INTEGER NOT NULL,
            leased_by TEXT,
            lease_until TIMESTAMPTZ,
            available_at TIMESTAMPTZ NOT NULL,
            stage TEXT,
            progress DOUBLE PRECISION NOT NULL,
            failure_code TEXT,
            failure_detail TEXT,
            created_at TIMESTAMPTZ NOT NULL,
            finished_at TIMESTAMPTZ,
            version INTEGER NOT NULL,
            CONSTRAINT pk_tasks PRIMARY KEY (id),
            CONSTRAINT ck_tasks_kind CHECK (kind IN ('image', 'video', 'archive')),
            CONSTRAINT ck_tasks_status CHECK (status IN ('PENDING', 'LEASED', 'DONE', 'DEAD')),
            CONSTRAINT ck_tasks_stage CHECK (stage IN ('validate', 'thumbnails', 'transcode', 'zip', 'finalize')),
            CONSTRAINT ck_tasks_failure_code CHECK (failure_code IN ({FAILURE_CODES})),
            CONSTRAINT ck_tasks_progress CHECK (progress BETWEEN 0 AND 1),
            CONSTRAINT ck_tasks_run CHECK (run >= 0),
            CONSTRAINT ck_tasks_attempt CHECK (attempt >= 0),
            CONSTRAINT ck_tasks_max_attempts CHECK (max_attempts >= 0),
            CONSTRAINT fk_tasks_job_id FOREIGN KEY (job_id) REFERENCES listing_media_jobs (id)
        )
    """)
    op.execute("CREATE INDEX ix_tasks_leased ON tasks (lease_until) WHERE status = 'LEASED'")
    op.execute("CREATE INDEX ix_tasks_of_job ON tasks (job_id, id)")
    op.execute("CREATE INDEX ix_tasks_pending ON tasks (available_at) WHERE status = 'PENDING'")


def create_messaging() -> None:
    op.execute("""
        CREATE TABLE outbox (
            position BIGINT GENERATED ALWAYS AS IDENTITY,
            message_id UUID NOT NULL,
            topic TEXT NOT NULL,
            key TEXT NOT NULL,
            type TEXT NOT NULL,
            payload JSON NOT NULL,
            headers JSON NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            available_at TIMESTAMPTZ NOT NULL,
            published_at TIMESTAMPTZ,
            CONSTRAINT pk_outbox PRIMARY KEY (position)
        )
    """)
    op.execute("CREATE INDEX ix_outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL")
    op.execute("CREATE INDEX ix_outbox_unpublished ON outbox (position) WHERE published_at IS NULL")
    op.execute("""
        CREATE TABLE processed_messages (
            consumer TEXT NOT NULL,
            message_id TEXT NOT NULL,
            processed_at TIMESTAMPTZ NOT NULL,
            CONSTRAINT pk_processed_messages PRIMARY KEY (consumer, message_id)
        )
    """)

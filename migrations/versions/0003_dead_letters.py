"""Dead letters: what was given up on, until a person decides."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE dead_letters (
            id UUID NOT NULL,
            kind TEXT NOT NULL,
            topic TEXT NOT NULL,
            place TEXT NOT NULL,
            key BYTEA,
            headers JSON NOT NULL,
            body BYTEA NOT NULL,
            message_id TEXT,
            message_type TEXT,
            truncated BOOLEAN NOT NULL,
            consumer TEXT NOT NULL,
            task_id UUID,
            asset_id UUID,
            batch_id UUID,
            job_id UUID,
            listing_id UUID,
            store_id UUID,
            error_code TEXT NOT NULL,
            error_detail TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            status TEXT NOT NULL,
            created_at TIMESTAMPTZ NOT NULL,
            resolved_at TIMESTAMPTZ,
            resolved_by UUID,
            version INTEGER NOT NULL,
            CONSTRAINT pk_dead_letters PRIMARY KEY (id),
            CONSTRAINT ck_dead_letters_kind CHECK (kind IN ('TASK', 'MESSAGE')),
            CONSTRAINT ck_dead_letters_status CHECK (status IN ('OPEN', 'REPLAYED', 'DISCARDED')),
            CONSTRAINT ck_dead_letters_attempts CHECK (attempts >= 0)
        )
    """)
    op.execute("CREATE INDEX ix_dead_letters_open ON dead_letters (id) WHERE status = 'OPEN'")
    op.execute("""
        CREATE INDEX ix_dead_letters_open_of_batch ON dead_letters (batch_id, id)
            WHERE status = 'OPEN' AND kind = 'TASK'
    """)


def downgrade() -> None:
    op.drop_table("dead_letters")

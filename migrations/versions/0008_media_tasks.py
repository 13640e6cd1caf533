"""Tasks and dead letters may be about a media of a store's library."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE tasks
            ALTER COLUMN job_id DROP NOT NULL,
            ALTER COLUMN batch_id DROP NOT NULL,
            ALTER COLUMN listing_id DROP NOT NULL,
            ALTER COLUMN run DROP NOT NULL,
            ADD COLUMN media_id UUID,
            ADD COLUMN store_id UUID
    """)
    op.execute("""
        ALTER TABLE tasks ADD CONSTRAINT ck_tasks_work CHECK (
            num_nonnulls(job_id, batch_id, listing_id, run) = 4 AND num_nonnulls(media_id, store_id) = 0
            OR num_nonnulls(job_id, batch_id, listing_id, asset_id, run) = 0 AND num_nonnulls(media_id, store_id) = 2
        )
    """)
    op.execute("ALTER TABLE dead_letters ADD COLUMN media_id UUID")
    op.execute("""
        CREATE INDEX ix_dead_letters_open_of_media ON dead_letters (media_id, id)
            WHERE status = 'OPEN' AND kind = 'TASK'
    """)


def downgrade() -> None:
    op.execute("DROP INDEX ix_dead_letters_open_of_media")
    op.execute("DELETE FROM dead_letters WHERE media_id IS NOT NULL")
    op.execute("ALTER TABLE dead_letters DROP COLUMN media_id")
    op.execute("ALTER TABLE tasks DROP CONSTRAINT ck_tasks_work")
    op.execute("DELETE FROM tasks WHERE media_id IS NOT NULL")
    op.execute("""
        ALTER TABLE tasks
            ALTER COLUMN job_id SET NOT NULL,
            ALTER COLUMN batch_id SET NOT NULL,
            ALTER COLUMN listing_id SET NOT NULL,
            ALTER COLUMN run SET NOT NULL,
            DROP COLUMN media_id,
            DROP COLUMN store_id
    """)

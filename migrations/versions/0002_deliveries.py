"""Messages of any bytes in the outbox; waiting tasks found by kind."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE outbox ALTER COLUMN payload TYPE BYTEA USING convert_to(payload::text, 'UTF8')")
    op.execute("ALTER TABLE outbox ADD COLUMN content_type TEXT NOT NULL DEFAULT 'application/json'")
    op.execute("ALTER TABLE outbox ALTER COLUMN content_type DROP DEFAULT")
    op.execute("CREATE INDEX ix_tasks_waiting ON tasks (kind, available_at) WHERE status = 'PENDING'")
    op.execute("DROP INDEX ix_tasks_pending")


def downgrade() -> None:
    op.execute("CREATE INDEX ix_tasks_pending ON tasks (available_at) WHERE status = 'PENDING'")
    op.execute("DROP INDEX ix_tasks_waiting")
    # What is no JSON has no place in the older outbox; it is stored among the dead letters as well.
    op.execute("DELETE FROM outbox WHERE content_type <> 'application/json'")
    op.execute("ALTER TABLE outbox DROP COLUMN content_type")
    op.execute("ALTER TABLE outbox ALTER COLUMN payload TYPE JSON USING convert_from(payload, 'UTF8')::json")

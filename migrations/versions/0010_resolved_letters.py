"""Dead letters that somebody has decided on are found by when."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_dead_letters_resolved ON dead_letters (resolved_at) WHERE resolved_at IS NOT NULL")


def downgrade() -> None:
    op.execute("DROP INDEX ix_dead_letters_resolved")

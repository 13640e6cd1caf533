"""A media whose deletion has failed has one dead letter."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE UNIQUE INDEX uq_dead_letters_deletion ON dead_letters (media_id) WHERE kind = 'MESSAGE'")


def downgrade() -> None:
    op.execute("DROP INDEX uq_dead_letters_deletion")

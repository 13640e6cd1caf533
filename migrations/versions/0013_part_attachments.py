"""Parts, kits, and what hangs on parts, as the system before kept them: nothing but types guards these tables.

`part_attachments` may refer to parts and media that are gone, `cover_attachment_id` to anything.
"""

from alembic import op
from alembic.util import CommandError
from sqlalchemy import text

from migrations.attachment_sets import legacy

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE parts (
            id UUID NOT NULL,
            store_id UUID NOT NULL,
            name VARCHAR(255) NOT NULL,
            cover_attachment_id UUID,
            created_at TIMESTAMPTZ NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_parts PRIMARY KEY (id)
        )
    """)
    op.execute("""
        CREATE TABLE kits (
            id UUID NOT NULL,
            store_id UUID NOT NULL,
            name VARCHAR(255) NOT NULL,
            created_at TIMESTAMPTZ NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_kits PRIMARY KEY (id)
        )
    """)
    op.execute(legacy.TABLE)


def downgrade() -> None:
    if op.get_bind().scalar(text("SELECT to_regclass('attachment_sets') IS NOT NULL")):
        raise CommandError("revision 0014 was cut short on its way up: finish it (`vitrine migrate`), then go down")
    for table in ("part_attachments", "kits", "parts"):
        op.drop_table(table)

"""A blob says where its bytes lie: under their hash, or where a direct upload has written them."""

from alembic import op
from alembic.util import CommandError
from sqlalchemy import text

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_UNDER_ITS_HASH = "store_id || '/cas/' || encode(checksum, 'hex')"
_ELSEWHERE = text(f"SELECT count(*) FROM media_blobs WHERE key <> {_UNDER_ITS_HASH}")  # noqa: S608 - a constant


def upgrade() -> None:
    # In the order of bytes, as stores list.
    op.execute('ALTER TABLE media_blobs ADD COLUMN key TEXT COLLATE "C"')
    op.execute(f"UPDATE media_blobs SET key = {_UNDER_ITS_HASH}")  # noqa: S608 - a constant
    op.execute("ALTER TABLE media_blobs ALTER COLUMN key SET NOT NULL")
    op.execute("ALTER TABLE media_blobs ADD CONSTRAINT uq_media_blobs_key UNIQUE (key)")


def downgrade() -> None:
    op.execute("LOCK TABLE media_blobs")
    elsewhere = op.get_bind().scalar(_ELSEWHERE)
    if elsewhere:
        raise CommandError(
            f"{elsewhere} blobs lie elsewhere than under their hash, where the version before would look for them: "
            "move their objects and change their keys first"
        )
    op.execute("ALTER TABLE media_blobs DROP COLUMN key")

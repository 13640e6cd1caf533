from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text

from adapters.postgres.aggregate_writer import AggregateWriter
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.schema import ID, version_column
from adapters.postgres.statements import Statement, insert_many
from adapters.postgres.transaction import Record, Transaction
from tests.toy_gallery.artwork import Artwork, Artworks, ArtworkTitleTaken, GalleryMedia

_metadata = MetaData()
_artworks = Table(
    "artworks",
    _metadata,
    Column("id", ID, primary_key=True),
    Column("store_id", ID),
    Column("title", Text),
    version_column(),
)
_gallery_media = Table(
    "gallery_media",
    _metadata,
    Column("artwork_id", ID),
    Column("place", Integer),
    Column("media_id", ID),
    Column("is_primary", Boolean),
    Column("caption", Text),
)
_WITH_MEDIA = (
    "SELECT artworks.*, (SELECT json_agg(shown ORDER BY place) FROM gallery_media AS shown "
    "WHERE artwork_id = artworks.id) AS media FROM artworks"
)
_LOCK = Statement("SELECT id FROM artworks WHERE id = $1 FOR UPDATE", ("id",))
_FIND = Statement(f"{_WITH_MEDIA} WHERE id = $1", ("id",))
_PAGE = Statement(
    f"{_WITH_MEDIA} WHERE ($1::uuid IS NULL OR id > $1) "
    "AND EXISTS (SELECT FROM gallery_media WHERE artwork_id = artworks.id) ORDER BY id LIMIT $2",
    ("after", "limit"),
)
_REMOVE = Statement("DELETE FROM artworks WHERE id = $1", ("id",))
_FORGET_MEDIA = Statement("DELETE FROM gallery_media WHERE artwork_id = $1", ("id",))
_ADD_MEDIA = insert_many(_gallery_media)
_MEDIA = msgspec.json.Decoder(tuple[GalleryMedia, ...])


class PostgresArtworks(Artworks):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction
        self._outbox = outbox

    async def find(self, artwork_id: UUID) -> Artwork | None:
        row = await self._transaction.read_one(_FIND, id=artwork_id)
        return _from_row(row) if row else None

    async def lock(self, artwork_id: UUID) -> Artwork | None:
        # Two statements: one that has waited for a lock would show the new artwork with its old media.
        if not await self._transaction.write_one(_LOCK, id=artwork_id):
            return None
        return await self.find(artwork_id)

    async def save(self, artwork: Artwork) -> None:
        await _WRITER.save(self._transaction, self._outbox, artwork)
        await self._transaction.write(_FORGET_MEDIA, id=artwork.id)
        rows = [
            {
                "artwork_id": artwork.id,
                "place": place,
                "media_id": shown.media_id,
                "is_primary": shown.is_primary,
                "caption": shown.caption,
            }
            for place, shown in enumerate(artwork.media)
        ]
        await self._transaction.store_many(_ADD_MEDIA, rows, subject=artwork)

    async def remove(self, artwork: Artwork) -> None:
        await self._transaction.write(_REMOVE, id=artwork.id)

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[Artwork]:
        return [_from_row(row) for row in await self._transaction.read(_PAGE, after=after, limit=limit)]


def _to_row(artwork: Artwork) -> dict[str, object]:
    return {"id": artwork.id, "store_id": artwork.store_id, "title": artwork.title}


def _from_row(row: Record) -> Artwork:
    return Artwork(
        id=row["id"],
        store_id=row["store_id"],
        title=row["title"],
        media=_MEDIA.decode(row["media"]) if row["media"] else (),
        version=row["version"],
    )


_WRITER = AggregateWriter(
    _artworks,
    _to_row,
    fixed=["store_id"],
    refusals={"uq_artworks_store_id_title": lambda artwork: ArtworkTitleTaken(artwork.title)},
)

"""A toy consumer of media: an album has a cover, a row of pictures, and a contract that protects what it uses."""

from abc import abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from adapters.memory.transaction import MemoryTransaction
from adapters.postgres.outbox_writer import OutboxWriter
from adapters.postgres.statements import Statement
from adapters.postgres.transaction import Transaction
from application.attachments.entity_types import EntityType, Reference, References
from application.unit_of_work import UnitOfWork
from domain.attachments.attachment import Attachment
from domain.errors import ConcurrentUpdate
from domain.events import Aggregate
from domain.ids import MediaId, StoreId
from tests.builders import STORE

COVER, PICTURES, CONTRACT = "album_cover", "album_pictures", "album_contract"

TABLES = """
CREATE TABLE albums (
    id uuid PRIMARY KEY, store_id uuid NOT NULL, cover_media_id uuid REFERENCES media (id) ON DELETE RESTRICT,
    contract_media_id uuid REFERENCES media (id) ON DELETE RESTRICT, version integer NOT NULL
);
CREATE TABLE album_pictures (
    album_id uuid REFERENCES albums (id), place integer,
    media_id uuid NOT NULL REFERENCES media (id) ON DELETE RESTRICT, PRIMARY KEY (album_id, place)
);
"""


@dataclass(slots=True, kw_only=True)
class Album(Aggregate):
    id: UUID
    store_id: StoreId = STORE
    cover: MediaId | None = None
    pictures: list[MediaId] = field(default_factory=list)
    contract: MediaId | None = None


class Albums(Protocol):
    @abstractmethod
    async def lock(self, album_id: UUID) -> Album | None: ...

    @abstractmethod
    async def save(self, album: Album) -> None: ...


class MemoryAlbums(Albums):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def lock(self, album_id: UUID) -> Album | None:
        await self._transaction.lock(Album, album_id)
        return self._transaction.find(Album, album_id)

    async def save(self, album: Album) -> None:
        await self._transaction.save(Album, [(album.id, album)])


_LOCK = Statement("SELECT * FROM albums WHERE id = $1 FOR UPDATE", ("id",))
_PICTURES = Statement("SELECT media_id FROM album_pictures WHERE album_id = $1 ORDER BY place", ("id",))
_SAVE = Statement(
    "INSERT INTO albums VALUES ($1, $2, $3, $4, $5 + 1) ON CONFLICT (id) DO UPDATE SET cover_media_id = $3, "
    "contract_media_id = $4, version = $5 + 1 WHERE albums.version = $5 RETURNING version",
    ("id", "store_id", "cover", "contract", "version"),
)
_CLEAR = Statement("DELETE FROM album_pictures WHERE album_id = $1", ("id",))
_FILL = Statement(
    "INSERT INTO album_pictures SELECT $1, place, media_id "
    "FROM unnest($2::uuid[]) WITH ORDINALITY AS picture (media_id, place)",
    ("id", "pictures"),
)


class PostgresAlbums(Albums):
    def __init__(self, transaction: Transaction, outbox: OutboxWriter) -> None:
        self._transaction = transaction

    async def lock(self, album_id: UUID) -> Album | None:
        row = await self._transaction.write_one(_LOCK, id=album_id)
        if row is None:
            return None
        pictures = await self._transaction.read(_PICTURES, id=album_id)
        return Album(
            id=row["id"],
            store_id=row["store_id"],
            cover=row["cover_media_id"],
            contract=row["contract_media_id"],
            pictures=[picture["media_id"] for picture in pictures],
            version=row["version"],
        )

    async def save(self, album: Album) -> None:
        own = {"cover": album.cover, "contract": album.contract, "version": album.version}
        if not await self._transaction.write(_SAVE, id=album.id, store_id=album.store_id, **own):
            self._transaction.fail()
            raise ConcurrentUpdate("somebody else has changed the album")
        await self._transaction.write(_CLEAR, id=album.id)
        await self._transaction.write(_FILL, id=album.id, pictures=album.pictures)
        album.version += 1


async def detach_cover(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
    albums = tx.repository(Albums)
    album = await albums.lock(attachment.entity_id)
    if album is not None and album.cover == attachment.media_id:
        album.cover = None
        await albums.save(album)


async def detach_picture(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
    albums = tx.repository(Albums)
    album = await albums.lock(attachment.entity_id)
    if album is not None and attachment.media_id in album.pictures:
        album.pictures = [media_id for media_id in album.pictures if media_id != attachment.media_id]
        await albums.save(album)


async def detach_contract(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
    raise AssertionError("a protected use is never detached")


class _Unasked(References):
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        raise NotImplementedError

    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        raise NotImplementedError


ENTITY_TYPES = [
    EntityType(name=COVER, owner="album", protected=False, detach=detach_cover, references=_Unasked()),
    EntityType(name=PICTURES, owner="album", protected=False, detach=detach_picture, references=_Unasked()),
    EntityType(name=CONTRACT, owner="contract", protected=True, detach=detach_contract, references=_Unasked()),
]

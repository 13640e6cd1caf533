"""Media of a store, in use by a user and by products: written by our own code, straight into database and bucket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid4

from adapters.postgres.engine import open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from adapters.s3.connection import open_s3
from adapters.s3.store import S3ObjectStore
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Ids
from adapters.telemetry.log import StructuredLog
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.patch import Patch
from application.ports.storage import ObjectStore
from application.products.create_product import CreateProduct, CreateProductCommand
from application.products.shown_media import ShownMedia
from application.unit_of_work import UnitOfWorkFactory
from application.users.update_user import UpdateUser, UpdateUserCommand
from domain.assets.rendition import Rendition, RenditionName
from domain.attachments.attachment import Attachment
from domain.checksum import Checksum
from domain.ids import AttachmentId, BlobId, MediaId, StoreId, UserId
from domain.media.blob import Blob
from domain.media.media import Media, MediaStatus
from domain.media.object_keys import blob_key, rendition_key, staging_key
from domain.principal import Principal, Role
from domain.products.gallery import UsageType
from domain.products.product import Product
from domain.products.repository import Products
from domain.users.repository import Users
from entrypoints.media_consumers.media_consumer import postgres_repositories, registered_types
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.builders import build_media
from tests.system.backstage import Watched

_JPEG = "image/jpeg"


@dataclass(frozen=True, kw_only=True)
class InUse:
    """A picture, the user whose avatar it is, and the products in whose galleries it is the second of three."""

    media: Media
    user_id: UserId
    products: list[Product]


class Library:
    def __init__(self, begin: UnitOfWorkFactory, store: ObjectStore) -> None:
        self.begin = begin
        self.store = store
        self._clock, self._ids = SystemClock(), Uuid7Ids()
        self._reconcile = ReconcileAttachments(
            entity_types=registered_types(MEDIA_CONSUMERS), clock=self._clock, ids=self._ids, log=StructuredLog()
        )
        self._owner = Principal(
            user_id=UserId(uuid4()), store_id=StoreId(uuid4()), roles=frozenset({Role.OWNER, Role.ADMIN})
        )

    async def picture_in_use(self, *, products: int = 2) -> InUse:
        media, first, last = [await self._picture() for _ in range(3)]
        user_id = UserId(uuid4())
        avatar: Patch[MediaId] = media.id
        update = UpdateUser(begin=self.begin, reconcile=self._reconcile, clock=self._clock)
        themselves = replace(self._owner, user_id=user_id)
        await update(UpdateUserCommand(principal=themselves, user_id=user_id, avatar_media_id=avatar))
        create = CreateProduct(begin=self.begin, reconcile=self._reconcile, clock=self._clock, ids=self._ids)
        shown = [
            ShownMedia(media_id=each.id, usage_type=UsageType.GALLERY, variant_id=None) for each in (first, media, last)
        ]
        command = CreateProductCommand(principal=self._owner, title="Bottle", media=shown, coa_media_id=None)
        return InUse(media=media, user_id=user_id, products=[await create(command) for _ in range(products)])

    async def smuggle(self, media: Media, entity_type: str) -> Attachment:
        """A usage of a slot that nobody has registered."""
        usage = Attachment(
            id=AttachmentId(self._ids.new()),
            media_id=media.id,
            entity_type=entity_type,
            entity_id=uuid4(),
            store_id=media.store_id,
            storage_key=media.storage_key,
            created_at=datetime.now(UTC),
        )
        async with self.begin() as tx:
            await tx.attachments.apply(added=[usage], removed=[])
            await tx.commit()
        return usage

    async def request_deletion(self, media: Media) -> None:
        """As the gatekeeper does."""
        async with self.begin() as tx:
            found = await tx.media.lock(media.id)
            assert found is not None
            found.request_deletion(now=datetime.now(UTC))
            await tx.media.save(found)
            await tx.commit()

    async def status(self, media: Media) -> MediaStatus:
        async with self.begin() as tx:
            found = await tx.media.find(media.id)
        assert found is not None
        return found.status

    async def assert_gone(self, in_use: InUse) -> None:
        """No usage left, no owner that refers to it, a tombstone, its bytes condemned once and the rest removed."""
        media = in_use.media
        async with self.begin() as tx:
            found = await tx.media.find(media.id)
            assert media.checksum is not None
            blob = await tx.blobs.find(media.store_id, media.checksum)
            assert await tx.attachments.of_media(media.id) == []
            user = await tx.repository(Users).find(in_use.user_id)
            products = [await tx.repository(Products).find(product.id) for product in in_use.products]
        assert found is not None
        assert blob is not None
        assert (found.status, found.usage_count, found.blob_id) == (MediaStatus.DELETED, 0, None)
        assert (blob.holders, blob.condemned_at is not None) == (0, True)
        assert user is not None
        assert user.avatar_media_id is None
        for product, before in zip(products, in_use.products, strict=True):
            assert product is not None
            assert [entry.media_id for entry in product.gallery] == [
                entry.media_id for entry in before.gallery if entry.media_id != media.id
            ]
        for key in (staging_key(media.store_id, media.id), media.renditions[0].key):
            assert await self.store.head(key) is None
        assert await self.store.head(media.storage_key) is not None, "the bytes wait for the collector"

    async def _picture(self) -> Media:
        """READY, with its bytes, a rendition, and a leftover in staging."""
        now, store_id, media_id = datetime.now(UTC), self._owner.store_id, MediaId(self._ids.new())
        body = str(media_id).encode()
        checksum = Checksum(sha256(body).digest())
        thumbnail = rendition_key(store_id, media_id, RenditionName.THUMBNAIL, fence="1", extension="jpg")
        described = Blob.describe(
            blob_id=BlobId(self._ids.new()),
            store_id=store_id,
            checksum=checksum,
            key=blob_key(store_id, checksum),
            size=len(body),
            content_type=_JPEG,
            now=now,
        )
        rendition = Rendition(
            name=RenditionName.THUMBNAIL, key=thumbnail, content_type=_JPEG, size=len(body), checksum=checksum
        )
        async with self.begin() as tx:
            blob = await tx.blobs.obtain(described)
            blob.acquire()
            media = build_media(
                id=media_id,
                store_id=store_id,
                user_id=self._owner.user_id,
                status=MediaStatus.READY,
                blob_id=blob.id,
                checksum=checksum,
                size=len(body),
                storage_key=blob.key,
                renditions=(rendition,),
                created_at=now,
                updated_at=now,
            )
            await tx.blobs.save(blob)
            await tx.media.save(media)
            await tx.commit()
        for key in (blob.key, thumbnail, staging_key(store_id, media_id)):
            await self.store.put(key, body, content_type=_JPEG, checksum=checksum)
        return media


@asynccontextmanager
async def open_library(vitrine: Watched) -> AsyncIterator[Library]:
    engine = open_engine(vitrine.dsn())
    try:
        async with open_s3(vitrine.bucket()) as bucket:
            begin = PostgresUnitOfWorkFactory(engine, Uuid7Ids(), repositories=postgres_repositories(MEDIA_CONSUMERS))
            yield Library(begin, S3ObjectStore(bucket))
    finally:
        await engine.dispose()

"""Media, entities and objects that agree, and ways to make them disagree behind everybody's back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from adapters.memory.clock import ManualClock
from adapters.memory.storage import MemoryBucket, MemoryObjectStore
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.audit.audit_bytes import AuditBytes
from application.audit.audit_counts import AuditCounts
from application.audit.audit_media import AuditMedia
from application.audit.audit_uses import AuditUses
from application.audit.finding import Drift, Finding
from application.media.note_blob_removal import NoteBlobRemoval
from application.media.release_from_quarantine import ReleaseFromQuarantine
from application.unit_of_work import UnitOfWorkFactory
from application.users.slots import USER_AVATAR
from application.users.update_user import UpdateUser, UpdateUserCommand
from domain.attachments.attachment import Attachment
from domain.checksum import Checksum
from domain.ids import MediaId, StoreId, UserId
from domain.media.blob import Blob
from domain.media.media import Media
from domain.principal import Role
from domain.users.repository import Users
from domain.users.user import User
from entrypoints.media_consumers.media_consumer import registered_types
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.application.stubs import RecordingLog, RecordingTelemetry
from tests.application.world import principal
from tests.builders import IDS, NOW, STORE, build_attachment, build_blob, ready_media


class Books:
    def __init__(self, begin: UnitOfWorkFactory) -> None:
        self.begin = begin
        self.clock = ManualClock(NOW)
        self.bucket = MemoryBucket(self.clock)
        self.store = MemoryObjectStore(self.bucket)
        self.log, self.telemetry = RecordingLog(), RecordingTelemetry()
        self.entity_types = registered_types(MEDIA_CONSUMERS)
        reconcile = ReconcileAttachments(entity_types=self.entity_types, clock=self.clock, ids=IDS, log=self.log)
        self.update_user = UpdateUser(begin=begin, reconcile=reconcile, clock=self.clock)
        self.audit_media = AuditMedia(
            uses=AuditUses(begin=begin, entity_types=self.entity_types, clock=self.clock, ids=IDS),
            counts=AuditCounts(begin=begin, clock=self.clock),
            stored=AuditBytes(
                begin=begin,
                store=self.store,
                clock=self.clock,
                ids=IDS,
                removed=NoteBlobRemoval(
                    begin=begin,
                    store=self.store,
                    entity_types=self.entity_types,
                    release=ReleaseFromQuarantine(begin=begin, clock=self.clock, log=self.log),
                    clock=self.clock,
                    telemetry=self.telemetry,
                    log=self.log,
                ),
            ),
        )

    async def audit(self, *, repair: bool = False) -> list[Finding]:
        return [finding async for finding in self.audit_media(repair=repair)]

    async def drifts(self, *, repair: bool = False) -> list[Drift]:
        return [finding.drift for finding in await self.audit(repair=repair)]

    async def media(self, **of_blob: Any) -> tuple[Media, Blob]:
        """One that is READY, with its blob and its object."""
        blob = build_blob(**of_blob)
        media = ready_media(blob)
        async with self.begin() as tx:
            obtained = await tx.blobs.obtain(replace(blob, holders=0, condemned_at=NOW))
            obtained.acquire()
            await tx.blobs.save(obtained)
            media.blob_id = obtained.id
            await tx.media.save(media)
            await tx.commit()
        self.write(blob.key, blob.size)
        return media, obtained

    async def user_with(self, media: Media) -> User:
        """A user with this avatar, by the front door."""
        user_id = UserId(IDS.new())
        return await self.update_user(
            UpdateUserCommand(principal=principal(user_id, Role.OWNER), user_id=user_id, avatar_media_id=media.id)
        )

    async def say(self, user_id: UserId, media_id: MediaId | None, *, store_id: StoreId = STORE) -> None:
        """Change what a user refers to, past the ledger."""
        async with self.begin() as tx:
            users = tx.repository(Users)
            user = await users.lock(user_id) or User.introduce(user_id=user_id, store_id=store_id, now=NOW)
            user.show(media_id, now=NOW)
            await users.save(user)
            await tx.commit()

    async def book(self, media: Media, *, entity_type: str = USER_AVATAR, entity_id: UUID | None = None) -> Attachment:
        """A usage that nobody has made."""
        use = build_attachment(media, entity_type=entity_type, entity_id=entity_id or IDS.new())
        async with self.begin() as tx:
            await tx.media.lock(media.id)
            await tx.attachments.apply(added=[use], removed=[])
            await tx.commit()
        return use

    async def uses(self, media: Media) -> Sequence[Attachment]:
        async with self.begin() as tx:
            return await tx.attachments.of_media(media.id)

    async def find(self, media: Media) -> Media:
        async with self.begin() as tx:
            found = await tx.media.find(media.id)
        assert found is not None
        return found

    async def user(self, user_id: UserId) -> User:
        async with self.begin() as tx:
            found = await tx.repository(Users).find(user_id)
        assert found is not None
        return found

    def write(self, key: str, size: int, *, age: timedelta = timedelta()) -> None:
        self.write_bytes(key, key.encode().ljust(size, b".")[:size], age=age)

    def write_bytes(self, key: str, body: bytes, *, age: timedelta = timedelta()) -> None:
        self.bucket.write(key, body, content_type="image/jpeg", checksum=Checksum(bytes(32)))
        written = self.bucket.objects[key]
        self.bucket.objects[key] = replace(written, modified_at=written.modified_at - age)

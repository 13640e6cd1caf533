"""Media in use, and everything that ends them, over one database."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from adapters.memory.clock import ManualClock
from adapters.memory.ids import SequentialIds
from adapters.memory.storage import MemoryBucket, MemoryObjectStore
from adapters.telemetry.tracing import OpenTelemetryTracing
from application.attachments.delete_media import DeleteMedia
from application.attachments.entity_types import EntityType, EntityTypes
from application.attachments.fail_deletion import FailDeletion
from application.attachments.reconcile_attachments import ReconcileAttachments, UsageChange
from application.attachments.resume_deletions import ResumeDeletions
from application.dead_letters.discard_dead_letter import DiscardDeadLetter
from application.dead_letters.forget_letters import ForgetLetters
from application.dead_letters.replay_dead_letter import ReplayDeadLetter
from application.events.relay_outbox import RelayOutbox
from application.events.routing import MEDIA_DELETIONS_TOPIC
from application.media.collect_blobs import CollectBlobs
from application.media.derivative_planner import DerivativePlanner
from application.media.note_blob_arrival import NoteBlobArrival
from application.media.note_blob_removal import NoteBlobRemoval
from application.media.note_rendition_removal import NoteRenditionRemoval
from application.media.release_from_quarantine import ReleaseFromQuarantine
from application.ports.messaging import Delivery, Message
from application.ports.storage import ObjectStore
from application.processing.plan import ProcessingPolicy, RunPlanner
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.rendition import Rendition, RenditionName
from domain.attachments.attachment import Attachment
from domain.checksum import Checksum
from domain.ids import AttachmentId, MediaId
from domain.jobs.task import RetryPolicy
from domain.media.blob import REMOVAL_AT_MOST, Blob, BlobBeingCollected
from domain.media.media import Media
from domain.media.object_keys import rendition_key, staging_key
from domain.principal import Principal, Role
from entrypoints.consumer.groups import MEDIA_DELETED
from tests.application.stubs import RecordingLog, RecordingPublisher, RecordingTelemetry
from tests.builders import IDS, NOW, OWNER, STORE, build_blob, ready_media
from tests.contracts.stored import put
from tests.deletion.albums import CONTRACT, COVER, ENTITY_TYPES, PICTURES, Album, Albums

GRACE = timedelta(days=2)
PAUSE = timedelta(minutes=5)
KEEP = timedelta(days=90)
ADMIN = Principal(user_id=OWNER, store_id=STORE, roles=frozenset({Role.ADMIN}))
_TRIES = 20
_BETWEEN_TRIES = 0.01


@dataclass(kw_only=True)
class Scene:
    begin: UnitOfWorkFactory
    entity_types: Sequence[EntityType] = tuple(ENTITY_TYPES)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    ids: SequentialIds = IDS
    telemetry: RecordingTelemetry = field(default_factory=RecordingTelemetry)
    log: RecordingLog = field(default_factory=RecordingLog)
    publisher: RecordingPublisher = field(default_factory=RecordingPublisher)
    bucket: MemoryBucket = field(init=False)
    store: ObjectStore = field(init=False)

    def __post_init__(self) -> None:
        self.bucket = MemoryBucket(self.clock)
        self.store = MemoryObjectStore(self.bucket)

    # What ends media.

    @property
    def registry(self) -> EntityTypes:
        return EntityTypes(self.entity_types)

    @property
    def delete(self) -> DeleteMedia:
        return DeleteMedia(
            begin=self.begin,
            store=self.store,
            entity_types=self.registry,
            clock=self.clock,
            telemetry=self.telemetry,
            log=self.log,
        )

    @property
    def fail_deletion(self) -> FailDeletion:
        return FailDeletion(begin=self.begin, clock=self.clock, ids=self.ids, telemetry=self.telemetry, log=self.log)

    async def fail(self, media_id: MediaId, error: Exception, *, attempts: int = 4) -> bool:
        """The worker gives up on a call of its own."""
        call = Delivery(topic=MEDIA_DELETIONS_TOPIC, place=str(self.ids.new()), key=b"k", headers={}, body=b"{}")
        return await self.fail_deletion(media_id, call, consumer=MEDIA_DELETED, error=error, attempts=attempts)

    @property
    def replay_dead_letter(self) -> ReplayDeadLetter:
        return ReplayDeadLetter(
            begin=self.begin,
            planner=RunPlanner(ids=self.ids, policy=ProcessingPolicy(), tracing=OpenTelemetryTracing()),
            derivatives=DerivativePlanner(ids=self.ids, retry=RetryPolicy()),
            clock=self.clock,
            telemetry=self.telemetry,
        )

    @property
    def discard_dead_letter(self) -> DiscardDeadLetter:
        return DiscardDeadLetter(begin=self.begin, clock=self.clock)

    @property
    def forget_letters(self) -> ForgetLetters:
        return ForgetLetters(begin=self.begin, clock=self.clock, keep=KEEP)

    @property
    def resume(self) -> ResumeDeletions:
        return ResumeDeletions(begin=self.begin, clock=self.clock, pause=PAUSE)

    @property
    def collect(self) -> CollectBlobs:
        return CollectBlobs(
            begin=self.begin,
            store=self.store,
            clock=self.clock,
            grace=GRACE,
            telemetry=self.telemetry,
            log=self.log,
        )

    @property
    def release(self) -> ReleaseFromQuarantine:
        return ReleaseFromQuarantine(begin=self.begin, clock=self.clock, log=self.log)

    @property
    def note_blob_arrival(self) -> NoteBlobArrival:
        return NoteBlobArrival(begin=self.begin, store=self.store, release=self.release)

    @property
    def note_blob_removal(self) -> NoteBlobRemoval:
        return NoteBlobRemoval(
            begin=self.begin,
            store=self.store,
            entity_types=self.registry,
            release=self.release,
            clock=self.clock,
            telemetry=self.telemetry,
            log=self.log,
        )

    @property
    def note_rendition_removal(self) -> NoteRenditionRemoval:
        return NoteRenditionRemoval(
            begin=self.begin, store=self.store, clock=self.clock, telemetry=self.telemetry, log=self.log
        )

    @property
    def reconcile(self) -> ReconcileAttachments:
        return ReconcileAttachments(entity_types=self.registry, clock=self.clock, ids=self.ids, log=self.log)

    # What there is.

    async def new_media(self, blob: Blob | None = None) -> Media:
        """A picture that is READY, with its bytes, a rendition, and a leftover in staging.

        As a promotion does, it takes hold of the bytes first, and then writes them where they are missing.
        """
        blob = blob or build_blob(size=len(b"bytes"))
        media_id = MediaId(self.ids.new())
        thumbnail = rendition_key(STORE, media_id, RenditionName.THUMBNAIL, fence="1", extension="jpg")
        rendition = Rendition(
            name=RenditionName.THUMBNAIL, key=thumbnail, content_type="image/jpeg", size=5, checksum=None
        )
        media = await self._hold(blob, media_id, rendition)
        if await self.store.head(blob.key) is None:
            self.write(blob.key, blob.checksum)
        self.write(thumbnail)
        self.write(staging_key(STORE, media_id))
        return media

    async def patient_media(self, blob: Blob) -> Media:
        """As `new_media`, by somebody who comes again while a collector may be at the same bytes."""
        for _ in range(_TRIES):
            with suppress(BlobBeingCollected):
                return await self.new_media(blob)
            await asyncio.sleep(_BETWEEN_TRIES)
        self.clock.advance(REMOVAL_AT_MOST)
        return await self.new_media(blob)

    async def _hold(self, blob: Blob, media_id: MediaId, rendition: Rendition) -> Media:
        async with self.begin() as tx:
            held = await tx.blobs.obtain(blob)
            held.require_settled(now=self.clock.now())
            media = ready_media(held, id=media_id, renditions=(rendition,))
            await tx.blobs.save(held)
            await tx.media.save(media)
            await tx.commit()
        return media

    def write(self, key: str, checksum: Checksum | None = None) -> None:
        self.bucket.write(key, b"bytes", content_type="image/jpeg", checksum=checksum)

    async def new_album(
        self, *, cover: Media | None = None, pictures: Sequence[Media] = (), contract: Media | None = None
    ) -> Album:
        album = Album(
            id=self.ids.new(),
            cover=cover.id if cover else None,
            pictures=[picture.id for picture in pictures],
            contract=contract.id if contract else None,
        )
        await self.keep(album)
        return album

    async def keep(self, album: Album) -> None:
        """A new one, with its usages."""
        async with self.begin() as tx:
            await tx.repository(Albums).save(album)
            await self.reconcile(tx, *_changes(album))
            await tx.commit()

    async def smuggle(self, media: Media, entity_type: str, *, entity_id: UUID | None = None) -> Attachment:
        """A usage that was written past the ledger's writer, by a version of ours that is older, or newer."""
        usage = Attachment(
            id=AttachmentId(self.ids.new()),
            media_id=media.id,
            entity_type=entity_type,
            entity_id=entity_id or self.ids.new(),
            store_id=media.store_id,
            storage_key=media.storage_key,
            created_at=self.clock.now(),
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
            found.request_deletion(now=self.clock.now())
            await tx.media.save(found)
            await tx.commit()

    async def change(self, media: Media, change: Callable[[Media], None]) -> None:
        async with self.begin() as tx:
            found = await tx.media.lock(media.id)
            assert found is not None
            change(found)
            await put(tx, found)
            await tx.commit()

    async def media(self, media: Media) -> Media:
        async with self.begin() as tx:
            found = await tx.media.find(media.id)
        assert found is not None
        return found

    async def blob(self, media: Media) -> Blob | None:
        assert media.checksum is not None
        async with self.begin() as tx:
            return await tx.blobs.find(media.store_id, media.checksum)

    async def album(self, album: Album) -> Album:
        async with self.begin() as tx:
            found = await tx.repository(Albums).lock(album.id)
        assert found is not None
        return found

    async def usages(self, media: Media) -> Sequence[Attachment]:
        async with self.begin() as tx:
            return await tx.attachments.of_media(media.id)

    async def told(self, media: Media) -> list[Message]:
        """All messages about it, oldest first."""
        relay = RelayOutbox(
            begin=self.begin,
            publisher=self.publisher,
            clock=self.clock,
            telemetry=self.telemetry,
            tracing=OpenTelemetryTracing(),
        )
        while await relay():
            pass
        return [message for message in self.publisher.messages if message.key == str(media.id)]

    async def types_told(self, media: Media) -> list[str]:
        return [message.type for message in await self.told(media)]


def _changes(album: Album) -> list[UsageChange]:
    slots = {
        COVER: [album.cover] if album.cover else [],
        PICTURES: album.pictures,
        CONTRACT: [album.contract] if album.contract else [],
    }
    return [
        UsageChange(
            entity_type=name, entity_id=album.id, store_id=album.store_id, old_media_ids=[], new_media_ids=media_ids
        )
        for name, media_ids in slots.items()
    ]

"""A listing and its photographer, for measurements that drive use cases without HTTP."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import aiohttp

from application.batches.complete_upload_batch import CompleteUploadBatchCommand
from application.batches.create_upload_batch import CreateUploadBatchCommand, OpenedBatch
from application.batches.upload_tickets import UploadTicket
from application.batches.verify_uploads import ClaimedUpload
from application.concurrency import map_bounded
from application.listings.upsert_listing import UpsertListingCommand
from application.unit_of_work import UnitOfWorkFactory
from domain.batches.manifest import AnnouncedFile
from domain.batches.media_type import MediaType
from domain.ids import BookingId, ListingId, StoreId, UserId
from domain.jobs.job import Job
from domain.listings.booking import Booking, BookingStatus
from domain.listings.listing import ListingKind, ListingStatus
from domain.principal import Principal, Role
from entrypoints.container import Container
from entrypoints.resources import open_resources
from entrypoints.services import open_services
from entrypoints.settings import Settings
from entrypoints.vitrine import wire

_UPLOADS_AT_ONCE = 4
_TYPES = {
    ".jpg": (MediaType.PHOTO_HORIZONTAL, "image/jpeg"),
    ".avif": (MediaType.PHOTO_HORIZONTAL, "image/avif"),
    ".mp4": (MediaType.VIDEO_HORIZONTAL, "video/mp4"),
}


class Marketplace:
    def __init__(self, container: Container) -> None:
        self._container = container
        self.begin: UnitOfWorkFactory = container.begin()
        self.principal = Principal(
            user_id=UserId(uuid4()), store_id=StoreId(uuid4()), roles=frozenset({Role.SERVICE, Role.PHOTOGRAPHER})
        )

    async def listing(self) -> ListingId:
        listing_id = ListingId(uuid4())
        booking = Booking(
            id=BookingId(uuid4()),
            photographer_id=self.principal.user_id,
            status=BookingStatus.DONE,
            scheduled_at=datetime.now(UTC),
        )
        await self._container.upsert_listing()(
            UpsertListingCommand(
                principal=self.principal,
                listing_id=listing_id,
                owner_id=self.principal.user_id,
                kind=ListingKind.PROPERTY,
                status=ListingStatus.PENDING_PHOTO_PROCESSING,
                bookings=(booking,),
            )
        )
        return listing_id

    async def uploaded(self, files: Sequence[Path], number: int) -> "Uploaded":
        """A batch of `number` files whose bytes lie in the store: photos or videos by their suffix; they repeat."""
        bodies = await asyncio.to_thread(lambda: [file.read_bytes() for file in files])
        sums = [hashlib.sha256(body).hexdigest() for body in bodies]
        listing_id = await self.listing()
        opened = await self._container.create_upload_batch()(
            CreateUploadBatchCommand(
                principal=self.principal,
                listing_id=listing_id,
                reference="bench",
                files=[_announced(index, files[index % len(files)], bodies, sums) for index in range(number)],
            )
        )
        async with aiohttp.ClientSession() as http:

            async def put(ticket: UploadTicket) -> ClaimedUpload:
                assert ticket.upload
                body = bodies[(ticket.asset.sequence - 1) % len(bodies)]
                async with http.put(ticket.upload.url, data=body, headers=dict(ticket.upload.headers)) as answer:
                    answer.raise_for_status()
                    return ClaimedUpload(client_id=ticket.asset.client_id, etag=answer.headers["ETag"])

            claims = await map_bounded(put, opened.tickets, at_once=_UPLOADS_AT_ONCE)
        return Uploaded(self._container, self.principal, opened, claims)


class Uploaded:
    """A batch that waits for its `complete`."""

    def __init__(
        self, container: Container, principal: Principal, opened: OpenedBatch, claims: Sequence[ClaimedUpload]
    ) -> None:
        self._container = container
        self._principal = principal
        self._claims = claims
        self.batch = opened.batch

    async def complete(self) -> Job:
        return await self._container.complete_upload_batch()(
            CompleteUploadBatchCommand(
                principal=self._principal,
                listing_id=self.batch.listing_id,
                batch_id=self.batch.id,
                files=self._claims,
            )
        )


@asynccontextmanager
async def open_marketplace(settings: Settings) -> AsyncIterator[Marketplace]:
    async with open_services(settings) as services, open_resources(settings, services) as resources:
        yield Marketplace(wire(settings, resources))


def _announced(index: int, file: Path, bodies: Sequence[bytes], sums: Sequence[str]) -> AnnouncedFile:
    media_type, content_type = _TYPES[file.suffix]
    size, checksum = len(bodies[index % len(bodies)]), sums[index % len(sums)]
    return AnnouncedFile(
        client_id=f"file-{index}",
        media_type=media_type,
        filename=f"file-{index}{file.suffix}",
        content_type=content_type,
        size=size,
        checksum=checksum,
        sequence=index + 1,
    )

"""Every use case over the memory adapters, and a client, a worker and a relay to drive them."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from uuid import UUID

from adapters.auth.links import HmacLinkSigner
from adapters.memory.clock import ManualClock
from adapters.memory.database import MemoryDatabase
from adapters.memory.ids import SequentialIds
from adapters.memory.signed_urls import MemoryHttp, MemoryUrlSigner
from adapters.memory.storage import MemoryBucket, MemoryMultipartUploads, MemoryObjectStore
from adapters.memory.unit_of_work import MemoryUnitOfWorkFactory
from adapters.system.workspace import DiskWorkspace
from adapters.telemetry.tracing import OpenTelemetryTracing
from application.batches.complete_upload_batch import CompleteUploadBatchCommand
from application.batches.create_upload_batch import CreateUploadBatchCommand, OpenedBatch
from application.batches.retry_batch import RetryBatchCommand
from application.batches.upload_tickets import UploadTicket
from application.batches.verify_uploads import ClaimedUpload
from application.ports.tracing import Tracing
from application.processing.lease_keeper import LeasePolicy
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import Asset
from domain.batches.batch import Batch
from domain.batches.limits import MIB, UploadLimits
from domain.ids import BatchId, ListingId, StoreId, TaskId, UserId
from domain.jobs.job import Job, Provider
from domain.jobs.task import RetryPolicy, Task
from domain.listings.listing import Listing
from domain.media.kind import SizeLimits
from domain.principal import Principal, Role
from entrypoints.media_consumers.media_consumer import memory_repositories, registered_types
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.application.interleaving import Interleaved
from tests.application.set_use_cases import SetUseCases
from tests.application.stubs import (
    FullJitter,
    RecordingLog,
    RecordingPublisher,
    RecordingTelemetry,
    StubImageProbe,
    StubProcessor,
)
from tests.application.uploads import ClientFile, photos
from tests.builders import NOW, OWNER, PHOTOGRAPHER, STORE, build_listing


def principal(user: UserId, *roles: Role, store: StoreId = STORE) -> Principal:
    return Principal(user_id=user, store_id=store, roles=frozenset(roles))


PHOTOGRAPHER_PRINCIPAL = principal(PHOTOGRAPHER, Role.PHOTOGRAPHER)
OWNER_PRINCIPAL = principal(OWNER, Role.OWNER)


class World(SetUseCases):
    """Time stands still unless a test moves `clock`."""

    def __init__(
        self,
        folder: Path,
        *,
        limits: UploadLimits | None = None,
        size_limits: SizeLimits | None = None,
        provider: Provider = Provider.INTERNAL,
        lease: LeasePolicy | None = None,
        interleaved: int | None = None,
        tracing: Tracing | None = None,
        part_size: int = 5 * MIB,
    ) -> None:
        """`interleaved` is the seed of a schedule: then tasks give way to each other at every database call.
        `part_size` in bytes is that of direct uploads, and the smallest that the bucket takes.
        """
        self.part_size = part_size
        self.limits = limits or UploadLimits()
        self.size_limits = size_limits or SizeLimits.default()
        self.provider = provider
        self.lease = lease or LeasePolicy()
        self.retry = RetryPolicy(max_attempts=3)
        self.clock, self.ids = ManualClock(NOW), SequentialIds()
        self.database = MemoryDatabase(lock_timeout=timedelta(seconds=2))
        self.bucket = MemoryBucket(self.clock, smallest_part=part_size)
        self.signer = MemoryUrlSigner()
        self.http = MemoryHttp(self.bucket, self.signer, self.clock)
        self.store, self.multipart = MemoryObjectStore(self.bucket), MemoryMultipartUploads(self.bucket)
        self.links = HmacLinkSigner(secret=b"a secret of tests", base_url="https://vitrine.example/playlists")
        self.entity_types = registered_types(MEDIA_CONSUMERS)
        self.workspace = DiskWorkspace(folder)
        self.processor, self.probe = StubProcessor(), StubImageProbe()
        self.publisher, self.telemetry, self.log = RecordingPublisher(), RecordingTelemetry(), RecordingLog()
        self.randomness = FullJitter()
        self.tracing = tracing or OpenTelemetryTracing()
        self.begin: UnitOfWorkFactory = MemoryUnitOfWorkFactory(
            self.database,
            self.ids,
            headers=self.tracing.headers,
            repositories=memory_repositories(MEDIA_CONSUMERS),
        )
        if interleaved is not None:
            self.begin = Interleaved(self.begin, Random(interleaved))
        self._delivered = 0

    @cached_property
    def listing(self) -> Listing:
        """The one listing of most tests: add it with `open_listing`."""
        return build_listing()

    async def open_listing(self, listing: Listing | None = None) -> Listing:
        listing = listing or self.listing
        async with self.begin() as tx:
            await tx.listings.save(listing)
            await tx.commit()
        return listing

    # The client.

    async def announce(
        self,
        files: Sequence[ClientFile],
        *,
        reference: str = "shoot",
        by: Principal = PHOTOGRAPHER_PRINCIPAL,
        listing_id: ListingId | None = None,
    ) -> OpenedBatch:
        return await self.create_upload_batch(
            CreateUploadBatchCommand(
                principal=by,
                listing_id=listing_id or self.listing.id,
                reference=reference,
                files=[file.announced for file in files],
            )
        )

    def upload(self, tickets: Sequence[UploadTicket], files: Sequence[ClientFile]) -> None:
        """Follow the tickets to the letter; the store accepts every byte."""
        bodies = {file.client_id: file.body for file in files}
        for ticket in tickets:
            body = bodies.get(ticket.asset.client_id)
            if body is None:
                continue
            if ticket.upload is not None:
                assert self.http.put(ticket.upload, body).status == 200
            for part in ticket.multipart.parts if ticket.multipart else []:
                start = (part.number - 1) * (ticket.multipart.part_size if ticket.multipart else 0)
                assert self.http.put(part.upload, body[start : start + part.size]).status == 200

    def claims(self, assets: Sequence[Asset]) -> list[ClaimedUpload]:
        """What an honest client says it has uploaded."""
        stored = {asset.client_id: self.bucket.objects.get(asset.key) for asset in assets}
        return [
            ClaimedUpload(client_id=name, etag=found.described.etag if found else "?") for name, found in stored.items()
        ]

    async def complete(self, batch_id: BatchId, *, by: Principal = PHOTOGRAPHER_PRINCIPAL, drop: bool = False) -> Job:
        batch = await self.batch(batch_id)
        return await self.complete_upload_batch(
            CompleteUploadBatchCommand(
                principal=by,
                listing_id=batch.listing_id,
                batch_id=batch_id,
                files=self.claims(await self.assets(batch_id)),
                drop_missing=drop,
            )
        )

    async def receive(
        self,
        files: Sequence[ClientFile] | None = None,
        *,
        reference: str = "shoot",
        by: Principal = PHOTOGRAPHER_PRINCIPAL,
        listing_id: ListingId | None = None,
    ) -> BatchId:
        """Announce, upload and complete; by default two photos, `one` and `two`."""
        files = photos("one", "two") if files is None else files
        opened = await self.announce(files, reference=reference, by=by, listing_id=listing_id)
        self.upload(opened.tickets, files)
        await self.complete(opened.batch.id, by=by)
        return opened.batch.id

    async def retry_again(self, batch_id: BatchId) -> Job:
        batch = await self.batch(batch_id)
        return await self.retry_batch(
            RetryBatchCommand(principal=PHOTOGRAPHER_PRINCIPAL, listing_id=batch.listing_id, batch_id=batch_id)
        )

    # The relay and the worker.

    async def pointers(self) -> list[TaskId]:
        """Publish what is due, and read the pointers to tasks that have come out since the last call."""
        while await self.relay_outbox():
            pass
        fresh, self._delivered = self.publisher.messages[self._delivered :], len(self.publisher.messages)
        return [
            TaskId(UUID(json.loads(message.payload)["taskId"]))
            for message in fresh
            if message.type == "vitrine.task.scheduled"
        ]

    async def work(self) -> None:
        """Deliver pointers and work on them until nothing is due."""
        while pointers := await self.pointers():
            for task_id in pointers:
                await self.work_on_task(task_id, worker="worker")

    async def work_through_retries(self) -> None:
        """As `work`, and wait for whatever comes later too."""
        for _ in range(20):
            await self.work()
            self.clock.advance(self.retry.longest_delay)

    # What there is.

    async def batch(self, batch_id: BatchId) -> Batch:
        async with self.begin() as tx:
            batch = await tx.batches.find(batch_id)
        assert batch is not None
        return batch

    async def assets(self, batch_id: BatchId) -> list[Asset]:
        async with self.begin() as tx:
            return list(await tx.assets.of_batch(batch_id))

    async def asset(self, batch_id: BatchId, client_id: str) -> Asset:
        return next(asset for asset in await self.assets(batch_id) if asset.client_id == client_id)

    async def jobs(self, batch_id: BatchId) -> list[Job]:
        async with self.begin() as tx:
            return list(await tx.jobs.of_batch(batch_id))

    async def tasks(self, job: Job) -> list[Task]:
        async with self.begin() as tx:
            return list(await tx.tasks.of_job(job.id))

    async def current_listing(self, listing_id: ListingId | None = None) -> Listing:
        async with self.begin() as tx:
            listing = await tx.listings.find(listing_id or self.listing.id)
        assert listing is not None
        return listing

    @property
    def now(self) -> datetime:
        return self.clock.now()

"""A client announces files and gets signed URLs to upload them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from application.batches.expire_uploads import ExpireUpload
from application.batches.multipart_opener import MultipartOpener
from application.batches.upload_tickets import TicketOffice, UploadTicket
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import Asset
from domain.batches.batch import Batch, BatchStatus
from domain.batches.errors import BatchReferenceTaken
from domain.batches.limits import UploadLimits
from domain.batches.manifest import AnnouncedFile, Manifest, check_manifest
from domain.ids import AssetId, BatchId, ListingId
from domain.listings.access import require_awaiting, require_uploader
from domain.listings.errors import ListingNotFound
from domain.listings.listing import Listing
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUploadBatchCommand:
    principal: Principal
    listing_id: ListingId
    reference: str
    files: Sequence[AnnouncedFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBatch:
    """`created` is False when the same announcement had been made before."""

    batch: Batch
    tickets: Sequence[UploadTicket]
    created: bool


_LOOKS = 5
"""At most so often does somebody else change who holds the reference between our look and our insert."""


class _LookAgain(Exception):
    """Who holds the reference has changed, or must: an `overdue` batch gives it up before the sweeper has seen it."""

    def __init__(self, overdue: BatchId | None = None) -> None:
        super().__init__(overdue)
        self.overdue = overdue


class CreateUploadBatch:
    """Repeating the same announcement while files may arrive answers the same batch with fresh URLs: the state is
    the key, there is no Idempotency-Key.

    Raises Rejected, ListingNotFound, NotPermitted, ListingNotAwaitingMedia, BatchReferenceTaken.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        expire: ExpireUpload,
        opener: MultipartOpener,
        tickets: TicketOffice,
        clock: Clock,
        ids: Ids,
        limits: UploadLimits,
        telemetry: Telemetry,
    ) -> None:
        self._begin = begin
        self._expire = expire
        self._opener = opener
        self._tickets = tickets
        self._clock = clock
        self._ids = ids
        self._limits = limits
        self._telemetry = telemetry

    async def __call__(self, command: CreateUploadBatchCommand) -> OpenedBatch:
        manifest = check_manifest(command.reference, command.files, self._limits)
        now = self._clock.now()
        batch, assets, created = await self._hold_reference(command, manifest, now)
        if created:
            self._telemetry.batch_created(batch.status)
        assets = await self._opener.open_missing(batch.id, assets)
        return OpenedBatch(
            batch=batch, tickets=[self._tickets.issue(asset, now=now) for asset in assets], created=created
        )

    async def _hold_reference(
        self, command: CreateUploadBatchCommand, manifest: Manifest, now: datetime
    ) -> tuple[Batch, Sequence[Asset], bool]:
        for _ in range(_LOOKS):
            try:
                return await self._find_or_open(command, manifest, now)
            except _LookAgain as again:
                if again.overdue is not None:
                    await self._expire(again.overdue)
        raise BatchReferenceTaken(manifest.reference)

    async def _find_or_open(
        self, command: CreateUploadBatchCommand, manifest: Manifest, now: datetime
    ) -> tuple[Batch, Sequence[Asset], bool]:
        async with self._begin() as tx:
            listing = await tx.listings.find(command.listing_id)
            if listing is None:
                raise ListingNotFound(command.listing_id)
            require_uploader(listing, command.principal, manifest.media_types)
            require_awaiting(listing, manifest.media_types)
            live = await tx.batches.find_live(listing.id, manifest.reference)
            if live is not None:
                if live.status is BatchStatus.PENDING_UPLOAD and now >= live.expires_at:
                    raise _LookAgain(live.id)
                if live.manifest_digest != manifest.digest or live.status is not BatchStatus.PENDING_UPLOAD:
                    raise BatchReferenceTaken(manifest.reference)
                return live, await tx.assets.of_batch(live.id), False
            batch, assets = self._open(listing, command.principal, manifest, now)
            try:
                await tx.batches.save(batch)
            except BatchReferenceTaken as taken:
                raise _LookAgain from taken
            await tx.assets.add(assets)
            await tx.commit()
        return batch, assets, True

    def _open(
        self, listing: Listing, principal: Principal, manifest: Manifest, now: datetime
    ) -> tuple[Batch, Sequence[Asset]]:
        batch = Batch.open(
            batch_id=BatchId(self._ids.new()),
            listing_id=listing.id,
            store_id=listing.store_id,
            manifest=manifest,
            by=principal.user_id,
            now=now,
            expires_at=now + self._limits.upload_window,
        )
        assets = [
            Asset.announce(
                asset_id=AssetId(self._ids.new()), batch_id=batch.id, listing_id=listing.id, spec=spec, now=now
            )
            for spec in manifest.files
        ]
        return batch, assets

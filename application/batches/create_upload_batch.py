"""A client announces files and gets signed URLs to upload them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from application.batches.multipart_opener import MultipartOpener
from application.batches.upload_tickets import TicketOffice, UploadTicket
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.telemetry import Telemetry
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.asset import Asset
from domain.batches.batch import Batch, BatchStatus
from domain.batches.errors import BatchReferenceTaken
from domain.batches.limits import UploadLimits
from domain.batches.manifest import AnnouncedFile, Manifest, check_manifest
from domain.errors import ConcurrentUpdate
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


class CreateUploadBatch:
    """Repeating the same announcement while files may arrive answers the same batch with fresh URLs: the state is
    the key, there is no Idempotency-Key.

    Raises Rejected, ListingNotFound, NotPermitted, ListingNotAwaitingMedia, BatchReferenceTaken.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        opener: MultipartOpener,
        tickets: TicketOffice,
        clock: Clock,
        ids: Ids,
        limits: UploadLimits,
        telemetry: Telemetry,
    ) -> None:
        self._begin = begin
        self._opener = opener
        self._tickets = tickets
        self._clock = clock
        self._ids = ids
        self._limits = limits
        self._telemetry = telemetry

    async def __call__(self, command: CreateUploadBatchCommand) -> OpenedBatch:
        manifest = check_manifest(command.reference, command.files, self._limits)
        now = self._clock.now()
        try:
            batch, assets, created = await self._find_or_open(command, manifest, now)
        except (BatchReferenceTaken, ConcurrentUpdate):
            # Somebody may have opened it, or let an overdue one go, between our look and our insert: look again.
            batch, assets, created = await self._find_or_open(command, manifest, now)
        if created:
            self._telemetry.batch_created(batch.status)
        assets = await self._opener.open_missing(batch.id, assets)
        return OpenedBatch(
            batch=batch, tickets=[self._tickets.issue(asset, now=now) for asset in assets], created=created
        )

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
            if live is not None and await _holds_reference(tx, live, now):
                if live.manifest_digest != manifest.digest or live.status is not BatchStatus.PENDING_UPLOAD:
                    raise BatchReferenceTaken(manifest.reference)
                return live, await tx.assets.of_batch(live.id), False
            batch, assets = self._open(listing, command.principal, manifest, now)
            await tx.batches.save(batch)
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


async def _holds_reference(tx: UnitOfWork, live: Batch, now: datetime) -> bool:
    """An overdue batch gives its reference up, also before the sweeper has seen it."""
    if live.status is not BatchStatus.PENDING_UPLOAD or now < live.expires_at:
        return True
    overdue = await tx.batches.lock(live.id)
    if overdue is None or overdue.status is not BatchStatus.PENDING_UPLOAD:
        return False
    assets = await tx.assets.of_batch(overdue.id)
    overdue.expire(now=now)
    for asset in assets:
        asset.expire(now=now)
    await tx.batches.save(overdue)
    await tx.assets.save(assets)
    return False

"""URLs live shorter than uploads take: fresh ones for what has not arrived yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from application.batches.multipart_opener import MultipartOpener
from application.batches.scope import find_batch
from application.batches.upload_tickets import TicketOffice, UploadTicket
from application.concurrency import map_bounded
from application.ports.clock import Clock
from application.ports.storage import MultipartUploads, ObjectStore
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import Asset
from domain.batches.batch import Batch
from domain.errors import Rejected, Violation
from domain.ids import BatchId, ListingId
from domain.listings.access import require_uploader
from domain.principal import Principal

_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ReissueUploadUrlsCommand:
    """`client_ids` picks files; None means all."""

    principal: Principal
    listing_id: ListingId
    batch_id: BatchId
    client_ids: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReissuedUrls:
    """`uploaded` lie in the store as announced and need nothing more."""

    batch: Batch
    tickets: Sequence[UploadTicket]
    uploaded: Sequence[Asset]


class ReissueUploadUrls:
    """Raises ListingNotFound, BatchNotFound, NotPermitted, BatchAlreadyReceived, UploadExpired, Rejected."""

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        store: ObjectStore,
        multipart: MultipartUploads,
        opener: MultipartOpener,
        tickets: TicketOffice,
        clock: Clock,
    ) -> None:
        self._begin = begin
        self._store = store
        self._multipart = multipart
        self._opener = opener
        self._tickets = tickets
        self._clock = clock

    async def __call__(self, command: ReissueUploadUrlsCommand) -> ReissuedUrls:
        now = self._clock.now()
        async with self._begin() as tx:
            listing, batch = await find_batch(tx, command.principal, command.listing_id, command.batch_id)
            assets = await tx.assets.of_batch(batch.id)
        require_uploader(listing, command.principal, {asset.media_type for asset in assets})
        batch.require_uploading(now=now)
        wanted = _pick(assets, command.client_ids)
        assets = await self._opener.open_missing(batch.id, assets)
        chosen = [asset for asset in assets if asset.client_id in wanted]
        tickets = await map_bounded(lambda asset: self._ticket(asset, now), chosen, at_once=_AT_ONCE)
        return ReissuedUrls(
            batch=batch,
            tickets=[ticket for ticket in tickets if ticket is not None],
            uploaded=[asset for asset, ticket in zip(chosen, tickets, strict=True) if ticket is None],
        )

    async def _ticket(self, asset: Asset, now: datetime) -> UploadTicket | None:
        stored = await self._store.head(asset.key)
        if stored is not None and stored.size == asset.size and stored.checksum in {None, asset.checksum}:
            return None
        if asset.multipart is None:
            return self._tickets.issue(asset, now=now)
        arrived = await self._multipart.parts(asset.key, upload_id=asset.multipart.upload_id)
        return self._tickets.issue(asset, now=now, arrived=arrived)


def _pick(assets: Sequence[Asset], client_ids: Sequence[str] | None) -> set[str]:
    known = {asset.client_id for asset in assets}
    if client_ids is None:
        return known
    unknown = [
        Violation(f"/clientIds/{index}", "UNKNOWN_CLIENT_ID", f"the batch has no file {client_id!r}")
        for index, client_id in enumerate(client_ids)
        if client_id not in known
    ]
    if unknown:
        raise Rejected("some files are not part of the batch", unknown)
    return set(client_ids)

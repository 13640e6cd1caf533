"""Makes the batch of a delivery known, or finds the one that an earlier run has begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from entrypoints.cli.client import ApiClient
from entrypoints.cli.hashing import LocalFile
from entrypoints.cli.problems import ApiRefused
from entrypoints.http.listing_media.requests import AnnouncedFileBody, CreateUploadBatchBody, ReissueUploadUrlsBody
from entrypoints.http.listing_media.responses import UploadTicketsBody


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """`tickets` is None when an earlier run has delivered everything already."""

    batch_id: UUID
    tickets: UploadTicketsBody | None


async def announce(client: ApiClient, listing_id: UUID, reference: str, files: Sequence[LocalFile]) -> Announced:
    """Raises ApiRefused, with BATCH_REFERENCE_TAKEN when the reference belongs to other files."""
    body = CreateUploadBatchBody(
        listing_id=listing_id, batch_reference=reference, files=[_announcement(file) for file in files]
    )
    try:
        tickets, created = await client.announce(body)
    except ApiRefused as refused:
        if refused.code not in {"BATCH_REFERENCE_TAKEN", "LISTING_NOT_AWAITING_MEDIA"}:
            raise
        delivered = await _find_delivered(client, listing_id, reference, files)
        if delivered is None:
            raise
        return Announced(batch_id=delivered, tickets=None)
    if not created:
        # Only this call tells what has arrived.
        tickets = await client.reissue(ReissueUploadUrlsBody(listing_id=listing_id, batch_id=tickets.batch_id))
    return Announced(batch_id=tickets.batch_id, tickets=tickets)


def _announcement(file: LocalFile) -> AnnouncedFileBody:
    return AnnouncedFileBody(
        client_id=file.client_id,
        media_type=file.media_type,
        filename=file.name,
        content_type=file.content_type,
        bytes=file.size,
        checksum=f"sha256:{file.sha256}",
        sequence=file.sequence,
    )


async def _find_delivered(
    client: ApiClient, listing_id: UUID, reference: str, files: Sequence[LocalFile]
) -> UUID | None:
    """A batch of this reference whose client ids are ours: those carry the checksums, so its files are ours too."""
    async for batch in client.batches(listing_id):
        if batch.batch_reference == reference and batch.received_at is not None:
            status = await client.status(listing_id, batch.batch_id)
            same = {asset.client_id for asset in status.assets} == {file.client_id for file in files}
            return batch.batch_id if same else None
    return None

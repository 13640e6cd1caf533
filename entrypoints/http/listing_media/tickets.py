"""What a client needs to upload, in words of the API."""

from collections.abc import Sequence

from application.batches.upload_tickets import MultipartTicket, UploadTicket
from domain.batches.batch import Batch
from entrypoints.http.listing_media.responses import (
    ArrivedPartBody,
    MultipartTicketBody,
    PartTicketBody,
    UploadTicketBody,
    UploadTicketsBody,
)


def tickets_body(batch: Batch, tickets: Sequence[UploadTicket], uploaded: list[str] | None = None) -> UploadTicketsBody:
    return UploadTicketsBody(
        listing_id=batch.listing_id,
        batch_id=batch.id,
        batch_reference=batch.reference,
        status=batch.status,
        expires_at=batch.expires_at,
        upload_expires_at=min((ticket.expires_at for ticket in tickets), default=None),
        files=[_ticket(ticket) for ticket in tickets],
        uploaded=uploaded,
    )


def _ticket(ticket: UploadTicket) -> UploadTicketBody:
    asset, upload, multipart = ticket.asset, ticket.upload, ticket.multipart
    return UploadTicketBody(
        client_id=asset.client_id,
        asset_id=asset.id,
        object_key=asset.key,
        title=asset.title,
        sequence=asset.sequence,
        method="PUT",
        upload_url=upload.url if upload else None,
        headers=dict(upload.headers) if upload else None,
        multipart=_multipart(multipart) if multipart else None,
    )


def _multipart(ticket: MultipartTicket) -> MultipartTicketBody:
    return MultipartTicketBody(
        upload_id=ticket.upload_id,
        part_size=ticket.part_size,
        parts=[
            PartTicketBody(
                part_number=part.number, bytes=part.size, upload_url=part.upload.url, headers=dict(part.upload.headers)
            )
            for part in ticket.parts
        ],
        arrived=[ArrivedPartBody(part_number=part.number, etag=part.etag, bytes=part.size) for part in ticket.arrived],
    )

"""What a client needs to put its files into the store."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.ports.storage import SignedUpload, UploadedPart, UrlSigner
from domain.assets.asset import Asset, MultipartUpload
from domain.batches.limits import UploadLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTicket:
    number: int
    size: int
    upload: SignedUpload


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipartTicket:
    """`parts` are still to be sent; `arrived` lie in the store already."""

    upload_id: str
    part_size: int
    parts: Sequence[PartTicket]
    arrived: Sequence[UploadedPart]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadTicket:
    """Either `upload`, one PUT, or `multipart`."""

    asset: Asset
    upload: SignedUpload | None
    multipart: MultipartTicket | None
    expires_at: datetime


class TicketOffice:
    """Signs uploads; pure computation."""

    def __init__(self, *, signer: UrlSigner, limits: UploadLimits) -> None:
        self._signer = signer
        self._lifetime: timedelta = limits.upload_url_lifetime

    def issue(self, asset: Asset, *, now: datetime, arrived: Sequence[UploadedPart] = ()) -> UploadTicket:
        """`arrived` parts of a multipart upload get no URL."""
        if asset.multipart is not None:
            upload, multipart = None, self._multipart(asset, asset.multipart, arrived, now)
        else:
            upload, multipart = self._single(asset, now), None
        return UploadTicket(asset=asset, upload=upload, multipart=multipart, expires_at=now + self._lifetime)

    def _single(self, asset: Asset, now: datetime) -> SignedUpload:
        return self._signer.put(
            asset.key,
            content_type=asset.content_type,
            size=asset.size,
            checksum=asset.checksum,
            now=now,
            expires_in=self._lifetime,
        )

    def _multipart(
        self, asset: Asset, multipart: MultipartUpload, arrived: Sequence[UploadedPart], now: datetime
    ) -> MultipartTicket:
        sizes = multipart.part_sizes(asset.size)
        there = _whole_parts(arrived, sizes)
        parts = [
            PartTicket(
                number=number,
                size=size,
                upload=self._signer.part(
                    asset.key,
                    upload_id=multipart.upload_id,
                    number=number,
                    size=size,
                    now=now,
                    expires_in=self._lifetime,
                ),
            )
            for number, size in enumerate(sizes, start=1)
            if number not in there
        ]
        return MultipartTicket(
            upload_id=multipart.upload_id, part_size=multipart.part_size, parts=parts, arrived=list(arrived)
        )


def _whole_parts(arrived: Sequence[UploadedPart], sizes: Sequence[int]) -> Collection[int]:
    return {part.number for part in arrived if part.number <= len(sizes) and part.size == sizes[part.number - 1]}

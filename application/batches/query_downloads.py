"""Signed URLs for what a batch has to offer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from application.batches.scope import find_batch, find_listing
from application.ports.clock import Clock
from application.ports.links import LinkSigner
from application.ports.storage import UrlSigner
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import Asset
from domain.assets.failure import Failure, FailureCode
from domain.assets.rendition import RenditionName
from domain.batches.batch import Archive, Batch
from domain.batches.limits import UploadLimits
from domain.batches.media_type import MediaType
from domain.batches.object_keys import safe_name
from domain.errors import Rejected, Violation
from domain.ids import BatchId, ListingId
from domain.listings.access import require_read
from domain.principal import Principal

ORIGINAL = "original"
_IMAGES = (RenditionName.THUMBNAIL, RenditionName.SMALL, RenditionName.MEDIUM, RenditionName.LARGE)
_MP4 = (RenditionName.MP4_1080P, RenditionName.MP4_720P)
_SIGNED = frozenset({*_IMAGES, *_MP4})
OFFERED = (ORIGINAL, *_IMAGES, *_MP4, RenditionName.HLS)
"""What a client may ask for by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsQuery:
    """Without `batch_id` the newest READY batch. `renditions` narrows what is signed; None means all."""

    principal: Principal
    listing_id: ListingId
    batch_id: BatchId | None = None
    renditions: Collection[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadItem:
    """`url` is the original, or a video's best MP4, whichever renditions were asked for; `preview` is a picture of
    medium size; `urls` is by rendition name. An item that cannot be served has no URL and says why in `failure`.
    """

    asset: Asset
    url: str | None
    preview: str | None
    urls: Mapping[str, str]
    failure: Failure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadGroup:
    """The items of one media type, by sequence."""

    media_type: MediaType
    items: Sequence[DownloadItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDownload:
    archive: Archive
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    batch: Batch
    generated_at: datetime
    lifetime: timedelta
    archive: ArchiveDownload | None
    groups: Sequence[DownloadGroup]

    @property
    def expires_at(self) -> datetime:
        return self.generated_at + self.lifetime


class QueryDownloads:
    """Answers None when no batch is named and none is READY.

    Raises ListingNotFound, BatchNotFound, NotPermitted, BatchNotReady, Rejected.
    """

    def __init__(
        self, *, begin: UnitOfWorkFactory, signer: UrlSigner, links: LinkSigner, clock: Clock, limits: UploadLimits
    ) -> None:
        self._begin = begin
        self._signer = signer
        self._links = links
        self._clock = clock
        self._lifetime = limits.download_url_lifetime

    async def __call__(self, query: DownloadsQuery) -> Downloads | None:
        wanted = _wanted(query.renditions)
        async with self._begin() as tx:
            if query.batch_id is not None:
                listing, batch = await find_batch(tx, query.principal, query.listing_id, query.batch_id)
                require_read(listing, query.principal)
            else:
                listing = await find_listing(tx, query.principal, query.listing_id)
                require_read(listing, query.principal)
                latest = await tx.batch_history.latest_ready(listing.id)
                if latest is None:
                    return None
                batch = latest
            batch.require_downloadable()
            assets = await tx.assets.of_batch(batch.id)
        now = self._clock.now()
        return Downloads(
            batch=batch,
            generated_at=now,
            lifetime=self._lifetime,
            archive=self._archive(batch, now),
            groups=[
                DownloadGroup(media_type=media_type, items=[self._item(asset, wanted, now) for asset in group])
                for media_type, group in groupby(assets, key=lambda asset: asset.media_type)
            ],
        )

    def _archive(self, batch: Batch, now: datetime) -> ArchiveDownload | None:
        if batch.archive is None:
            return None
        name = f"{safe_name(batch.reference)}.zip"
        url = self._signer.get(batch.archive.key, now=now, expires_in=self._lifetime, download_as=name)
        return ArchiveDownload(archive=batch.archive, url=url)

    def _item(self, asset: Asset, wanted: Collection[str] | None, now: datetime) -> DownloadItem:
        if not asset.renditions:
            failure = asset.failure or Failure(code=FailureCode.INTERNAL_ERROR, detail="it has not been processed")
            return DownloadItem(asset=asset, url=None, preview=None, urls={}, failure=failure)
        offered = self._offered(asset, now)
        return DownloadItem(
            asset=asset,
            url=offered.get(RenditionName.MP4_1080P) or offered.get(RenditionName.MP4_720P) or offered[ORIGINAL],
            preview=offered.get(RenditionName.MEDIUM),
            urls=offered if wanted is None else {name: url for name, url in offered.items() if name in wanted},
            failure=asset.failure,
        )

    def _offered(self, asset: Asset, now: datetime) -> dict[str, str]:
        """All that there is by name, also when less is wanted: a signature costs microseconds."""
        get, lifetime = self._signer.get, self._lifetime
        urls = {ORIGINAL: get(asset.key, now=now, expires_in=lifetime)}
        for rendition in asset.renditions:
            name = rendition.name
            if name in _SIGNED:
                urls[name] = get(rendition.key, now=now, expires_in=lifetime)
            elif name is RenditionName.HLS:
                urls[name] = self._links.sign(asset.id, name, expires_at=now + lifetime)
        return urls


def _wanted(renditions: Collection[str] | None) -> Collection[str] | None:
    if renditions is None:
        return None
    unknown = [
        Violation(f"/renditions/{index}", "UNKNOWN_RENDITION", f"one of {', '.join(OFFERED)}")
        for index, name in enumerate(renditions)
        if name not in OFFERED
    ]
    if unknown:
        raise Rejected("some renditions do not exist", unknown)
    return frozenset(renditions)

from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.batches.query_downloads import DownloadItem, Downloads, DownloadsQuery, QueryDownloads
from domain.assets.rendition import MediaFacts, RenditionName
from domain.ids import BatchId, ListingId
from entrypoints.http.answering import answer, no_content
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.examples import downloads
from entrypoints.http.listing_media.requests import QueryDownloadsBody
from entrypoints.http.listing_media.responses import (
    DownloadBody,
    DownloadItemBody,
    DownloadsBody,
)
from entrypoints.http.listing_media.summaries import error_body
from entrypoints.http.reading.json_request import JsonRequest

_NO_FACTS = MediaFacts()
_MP4 = {RenditionName.MP4_1080P: "1080p", RenditionName.MP4_720P: "720p"}
_OF_VIDEOS = {*_MP4, RenditionName.HLS}


@post(
    "/media/downloads/query",
    status_code=HTTPStatus.OK,
    summary="Get signed URLs of what a batch has to offer",
    responses=answers(
        {
            HTTPStatus.OK: Success("Ordered by sequence; what cannot be served says why.", downloads.DOWNLOADS),
            HTTPStatus.NO_CONTENT: Success("No batch was named, and none of the listing is READY."),
        },
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["LISTING_NOT_FOUND", "BATCH_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["BATCH_NOT_READY"],
        },
    ),
)
async def find_downloads(
    request: JsonRequest,
    data: Annotated[QueryDownloadsBody, shown(downloads.DOWNLOADS_QUERY)],
    query_downloads: NamedDependency[QueryDownloads],
) -> Response[bytes] | Response[None]:
    """Without `batchId` the newest READY batch. `renditions` narrows what is signed: original, thumbnail, small,
    medium, large, mp4-1080p, mp4-720p, hls.
    """
    found = await query_downloads(
        DownloadsQuery(
            principal=request.user,
            listing_id=ListingId(data.listing_id),
            batch_id=BatchId(data.batch_id) if data.batch_id else None,
            renditions=data.renditions,
        )
    )
    return no_content() if found is None else answer(downloads_body(found), HTTPStatus.OK)


def downloads_body(found: Downloads) -> DownloadsBody:
    groups = [
        DownloadBody(type=group.media_type, items=[_item(item) for item in group.items]) for group in found.groups
    ]
    return DownloadsBody(
        batch_id=found.batch.id,
        generated_at=found.generated_at,
        ttl_seconds=int(found.lifetime.total_seconds()),
        downloads=[*_archive(found), *groups],
    )


def _archive(found: Downloads) -> list[DownloadBody]:
    if found.archive is None:
        return []
    archive = found.archive.archive
    return [
        DownloadBody(
            type="ZIP_FULL",
            url=found.archive.url,
            bytes=archive.size,
            extracted_bytes=archive.extracted_size,
            expires_at=found.expires_at,
        )
    ]


def _item(item: DownloadItem) -> DownloadItemBody:
    asset = item.asset
    facts = asset.facts or _NO_FACTS
    urls = item.urls
    mp4 = {label: urls[name] for name, label in _MP4.items() if name in urls}
    return DownloadItemBody(
        asset_id=asset.id,
        title=asset.title,
        sequence=asset.sequence,
        label=asset.label,
        url=item.url,
        preview=item.preview,
        width=facts.width,
        height=facts.height,
        thumbhash=facts.thumbhash,
        dominant_color=facts.dominant_color,
        duration_seconds=facts.duration_seconds,
        codec=facts.codec,
        pages=facts.pages,
        renditions={name: url for name, url in urls.items() if name not in _OF_VIDEOS} or None,
        mp4=mp4 or None,
        hls=urls.get(RenditionName.HLS),
        error=error_body(item.failure),
    )

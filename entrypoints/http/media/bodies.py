"""Media in words of the API."""

from typing import Any

import msgspec

from application.attachments.foresee_deletion import DeletionForecast
from application.attachments.list_usages import Usage
from application.media.media_links import Downloads, Variant
from domain.assets.rendition import MediaFacts
from domain.attachments.attachment import Attachment
from domain.media.media import Media
from entrypoints.http.listing_media.summaries import error_body
from entrypoints.http.media.responses import (
    DeletionForecastBody,
    ListedMediaBody,
    MediaBody,
    MediaDetailBody,
    MediaFactsBody,
    UsageBody,
    UseBody,
    VariantBody,
)


def media_body(media: Media) -> MediaBody:
    return MediaBody(**_fields(media))


def media_detail_body(media: Media, downloads: Downloads) -> MediaDetailBody:
    return MediaDetailBody(
        **_fields(media),
        url=downloads.url,
        expires_at=downloads.expires_at,
        variants=[_variant_body(variant) for variant in downloads.variants],
    )


def listed_media_body(media: Media, thumbnail: str | None) -> ListedMediaBody:
    return ListedMediaBody(**_fields(media), thumbnail=thumbnail)


def usage_body(usage: Usage) -> UsageBody:
    use = usage.attachment
    return UsageBody(
        entity_type=use.entity_type, entity_id=use.entity_id, since=use.created_at, protected=usage.protected
    )


def forecast_body(forecast: DeletionForecast) -> DeletionForecastBody:
    return DeletionForecastBody(
        allowed=forecast.allowed,
        blockers=[_use_body(use) for use in forecast.blockers],
        detached=[_use_body(use) for use in forecast.detached],
    )


def _fields(media: Media) -> dict[str, Any]:
    return {
        "media_id": media.id,
        "kind": media.kind,
        "status": media.status,
        "media_type": media.content_class,
        "mime_type": media.mime_type,
        "original_name": media.original_name,
        "bytes": media.size,
        "checksum": str(media.checksum) if media.checksum else None,
        "folder": media.folder,
        "alt_text": media.alt_text,
        "description": media.description,
        "uploaded_by": media.user_id,
        "usage_count": media.usage_count,
        "metadata": _facts_body(media.facts),
        "error": error_body(media.failure),
        "quarantined_at": media.quarantined_at,
        "created_at": media.created_at,
        "updated_at": media.updated_at,
    }


def _facts_body(facts: MediaFacts | None) -> MediaFactsBody | None:
    return None if facts is None else msgspec.convert(facts, MediaFactsBody, from_attributes=True)


def _variant_body(variant: Variant) -> VariantBody:
    rendition = variant.rendition
    return VariantBody(
        name=rendition.name,
        url=variant.url,
        content_type=rendition.content_type,
        bytes=rendition.size,
        width=rendition.width,
        height=rendition.height,
    )


def _use_body(use: Attachment) -> UseBody:
    return UseBody(entity_type=use.entity_type, entity_id=use.entity_id, since=use.created_at)

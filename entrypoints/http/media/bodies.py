"""Media in words of the API."""

import msgspec

from domain.assets.rendition import MediaFacts
from domain.media.media import Media
from entrypoints.http.listing_media.summaries import error_body
from entrypoints.http.media.responses import MediaBody, MediaFactsBody


def media_body(media: Media) -> MediaBody:
    return MediaBody(
        media_id=media.id,
        kind=media.kind,
        status=media.status,
        media_type=media.content_class,
        mime_type=media.mime_type,
        original_name=media.original_name,
        bytes=media.size,
        checksum=str(media.checksum) if media.checksum else None,
        folder=media.folder,
        alt_text=media.alt_text,
        description=media.description,
        uploaded_by=media.user_id,
        usage_count=media.usage_count,
        metadata=_facts_body(media.facts),
        error=error_body(media.failure),
        quarantined_at=media.quarantined_at,
        created_at=media.created_at,
        updated_at=media.updated_at,
    )


def _facts_body(facts: MediaFacts | None) -> MediaFactsBody | None:
    return None if facts is None else msgspec.convert(facts, MediaFactsBody, from_attributes=True)

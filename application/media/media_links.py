"""Where the bytes of a media can be fetched, for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.ports.clock import Clock
from application.ports.links import LinkSigner
from application.ports.storage import UrlSigner
from domain.assets.rendition import Rendition, RenditionName
from domain.media.content_class import is_inline
from domain.media.media import Media

_FILES = frozenset(
    {
        *(RenditionName.THUMBNAIL, RenditionName.SMALL, RenditionName.MEDIUM, RenditionName.LARGE),
        *(RenditionName.MP4_1080P, RenditionName.MP4_720P),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Something derived of a media, and where it is. Of HLS that is the master playlist."""

    rendition: Rendition
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """`url` is the original; nothing that can be fetched has None and no variants. Valid until `expires_at`."""

    url: str | None
    variants: Sequence[Variant]
    expires_at: datetime | None


class MediaLinks:
    """Signs them. What browsers must not show, and all that is confidential, is handed out as a download; what is
    confidential lives for `confidential_lifetime`, all else for `lifetime`.
    """

    def __init__(
        self,
        *,
        signer: UrlSigner,
        links: LinkSigner,
        clock: Clock,
        lifetime: timedelta,
        confidential_lifetime: timedelta,
    ) -> None:
        self._signer = signer
        self._links = links
        self._clock = clock
        self._lifetime = lifetime
        self._confidential_lifetime = confidential_lifetime

    def downloads(self, media: Media) -> Downloads:
        if not media.is_served:
            return Downloads(url=None, variants=(), expires_at=None)
        now, lifetime = self._clock.now(), self._lifetime_of(media)
        shown = is_inline(media.mime_type) and not media.is_confidential
        return Downloads(
            url=self._signer.get(
                media.storage_key,
                now=now,
                expires_in=lifetime,
                download_as=None if shown else media.original_name,
            ),
            variants=[
                Variant(rendition=rendition, url=url)
                for rendition in media.renditions
                if (url := self._url_of(media, rendition, now, lifetime)) is not None
            ],
            expires_at=now + lifetime,
        )

    def thumbnail(self, media: Media) -> str | None:
        """None where there is none."""
        if not media.is_served:
            return None
        found = [rendition for rendition in media.renditions if rendition.name is RenditionName.THUMBNAIL]
        return self._url_of(media, found[0], self._clock.now(), self._lifetime_of(media)) if found else None

    def _url_of(self, media: Media, rendition: Rendition, now: datetime, lifetime: timedelta) -> str | None:
        """None for a part of something else, such as the playlist of one rung."""
        if rendition.name in _FILES:
            name = f"{rendition.name}-{media.original_name}" if media.is_confidential else None
            return self._signer.get(rendition.key, now=now, expires_in=lifetime, download_as=name)
        if rendition.name is RenditionName.HLS:
            return self._links.sign(media.id, rendition.name, expires_at=now + lifetime)
        return None

    def _lifetime_of(self, media: Media) -> timedelta:
        return self._confidential_lifetime if media.is_confidential else self._lifetime

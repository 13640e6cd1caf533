"""A client announces one file and gets a signed URL to put it into the store."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.storage import SignedUpload, UrlSigner
from application.unit_of_work import UnitOfWorkFactory
from domain.checksum import Checksum
from domain.ids import MediaId
from domain.media.announcement import AnnouncedMedia, require_sound
from domain.media.kind import MediaKind, SizeLimits
from domain.media.media import Media
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class PresignUploadCommand:
    principal: Principal
    announced: AnnouncedMedia


@dataclass(frozen=True, slots=True, kw_only=True)
class PresignedUpload:
    """A PUT of exactly the announced bytes to the media's staging key."""

    media: Media
    upload: SignedUpload
    expires_at: datetime


class PresignUpload:
    """The media is PENDING from now on, until its upload is completed or its time is over. Raises Rejected."""

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        signer: UrlSigner,
        clock: Clock,
        ids: Ids,
        limits: SizeLimits,
        url_lifetime: timedelta,
    ) -> None:
        self._begin = begin
        self._signer = signer
        self._clock = clock
        self._ids = ids
        self._limits = limits
        self._url_lifetime = url_lifetime

    async def __call__(self, command: PresignUploadCommand) -> PresignedUpload:
        announced, now = command.announced, self._clock.now()
        require_sound(announced, self._limits)
        checksum = Checksum.parse(announced.checksum)
        media = Media.announce(
            media_id=MediaId(self._ids.new()),
            store_id=command.principal.store_id,
            user_id=command.principal.user_id,
            kind=MediaKind(announced.kind),
            original_name=announced.filename,
            mime_type=announced.file_type,
            size=announced.size,
            checksum=checksum,
            folder=announced.folder,
            now=now,
        )
        async with self._begin() as tx:
            await tx.media.save(media)
            await tx.commit()
        upload = self._signer.put(
            media.storage_key,
            content_type=media.mime_type,
            size=media.size,
            checksum=checksum,
            now=now,
            expires_in=self._url_lifetime,
        )
        return PresignedUpload(media=media, upload=upload, expires_at=now + self._url_lifetime)

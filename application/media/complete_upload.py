"""The client says that its file is in the store; we look, and only then the media is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from application.media.file_inspector import FileInspector
from application.media.promote_media import PromoteMedia, VerifiedBytes
from application.media.staging import Staging
from application.media.unfinished_uploads import UnfinishedUploads
from application.ports.clock import Clock
from application.ports.storage import ObjectNotFound, ObjectStore, StoredObject
from application.storage.reading import measure
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.failure import Failure, FailureCode
from domain.checksum import Checksum
from domain.errors import Violation
from domain.ids import MediaId
from domain.media.access import require_manager, visible_to
from domain.media.announcement import type_matches
from domain.media.errors import MediaMismatch, MediaNotArrived, MediaNotPending, MediaUnreadable
from domain.media.media import Media
from domain.media.object_keys import staged_media
from domain.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteUploadCommand:
    principal: Principal
    media_id: MediaId


class CompleteUpload:
    """Answers the media, however often and by however many clients it is called.

    Other bytes than announced (their number, their SHA-256) are removed, and the right ones may still be uploaded.
    Where the announced bytes are of another type than announced, or a picture that nobody can open, no upload will
    mend it: the media has FAILED, and whoever calls again is told the same.

    Raises MediaNotFound, NotPermitted, MediaNotPending, MediaNotArrived, MediaMismatch, MediaUnreadable, Unavailable.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        store: ObjectStore,
        inspector: FileInspector,
        promote: PromoteMedia,
        staging: Staging,
        unfinished: UnfinishedUploads,
        clock: Clock,
        url_lifetime: timedelta,
    ) -> None:
        """`url_lifetime` is that of the URLs that `PresignUpload` signs."""
        self._begin = begin
        self._store = store
        self._inspector = inspector
        self._promote = promote
        self._staging = staging
        self._unfinished = unfinished
        self._clock = clock
        self._url_lifetime = url_lifetime

    async def __call__(self, command: CompleteUploadCommand) -> Media:
        media = await self._find(command)
        require_manager(media, command.principal)
        if media.has_arrived:
            return media
        _require_awaited(media)
        stored = await self._stored(media)
        verified = await self._verify(media, stored)
        try:
            done = await self._promote(media.id, verified, partial(self._staging.promote, media, stored.etag))
        except MediaNotArrived as error:
            raise self._not_arrived(media) from error
        except MediaNotPending:
            # Somebody else has completed it, or it was deleted or has failed meanwhile.
            media = await self._find(command)
            if media.has_arrived:
                return media
            _require_awaited(media)
            raise
        await self._staging.forget(media.storage_key)
        return done

    async def _find(self, command: CompleteUploadCommand) -> Media:
        async with self._begin() as tx:
            return visible_to(await tx.media.find(command.media_id), command.media_id, command.principal)

    async def _stored(self, media: Media) -> StoredObject:
        if _is_direct(media):
            # It still flows, or its process was killed: what lies there may be somebody else's.
            raise self._not_arrived(media)
        stored = await self._store.head(media.storage_key)
        if stored is None:
            raise self._not_arrived(media)
        return stored

    async def _verify(self, media: Media, stored: StoredObject) -> VerifiedBytes:
        try:
            checksum = stored.checksum or (await measure(self._store, media.storage_key))[1]
            await self._require_announced(media, stored, checksum)
            return await self._look_inside(media, checksum)
        except ObjectNotFound as error:
            raise self._not_arrived(media) from error

    async def _require_announced(self, media: Media, stored: StoredObject, checksum: Checksum) -> None:
        violations = _mismatches(media, stored, checksum)
        if violations:
            await self._store.delete([media.storage_key])
            raise MediaMismatch("what was uploaded is not what was announced; see errors", violations)

    async def _look_inside(self, media: Media, checksum: Checksum) -> VerifiedBytes:
        wanted = self._inspector.wanted(media.mime_type)
        start = await self._store.read_start(media.storage_key, at_most=wanted)
        mime_type = self._inspector.type_of(start)
        if not type_matches(mime_type, media.mime_type):
            detail = f"announced {media.mime_type}, the bytes are {mime_type}"
            failure = Failure(code=FailureCode.CONTENT_TYPE_MISMATCH, detail=detail)
            await self._unfinished.fail(media.id, failure)
            raise _of_another_type(failure)
        try:
            facts = await self._inspector.facts_of(mime_type, start, is_whole=len(start) == media.size)
        except MediaUnreadable as unreadable:
            await self._unfinished.fail(media.id, unreadable.failure)
            raise
        return VerifiedBytes(checksum=checksum, size=media.size, mime_type=mime_type, facts=facts)

    def _not_arrived(self, media: Media) -> MediaNotArrived:
        """With advice that leads on: nobody signs another URL for it."""
        if _is_direct(media):
            return MediaNotArrived(media.id, "it comes through the API; if that has ended, upload it again")
        if self._clock.now() >= media.created_at + self._url_lifetime:
            return MediaNotArrived(media.id, "its uploadUrl has expired; announce it again, and PUT it to the new one")
        return MediaNotArrived(media.id, "PUT it to its uploadUrl, then complete")


def _is_direct(media: Media) -> bool:
    """Its bytes came to us: it never had a URL."""
    return media.checksum is None or staged_media(media.storage_key) is None


def _require_awaited(media: Media) -> None:
    """Raises for one that has failed what whoever completed it first was told."""
    failure = media.failure
    if failure is None:
        media.require_pending()
    elif failure.code is FailureCode.UPLOAD_EXPIRED:
        raise MediaNotPending(media.id, media.status, failure)
    elif failure.code is FailureCode.CONTENT_TYPE_MISMATCH:
        raise _of_another_type(failure)
    else:
        raise MediaUnreadable(failure)


def _of_another_type(failure: Failure) -> MediaMismatch:
    return MediaMismatch(failure.detail, [Violation("/fileType", failure.code, failure.detail)])


def _mismatches(media: Media, stored: StoredObject, checksum: Checksum) -> Sequence[Violation]:
    found = []
    if stored.size != media.size:
        detail = f"announced {media.size} bytes, {stored.size} arrived"
        found.append(Violation("/bytes", FailureCode.SIZE_MISMATCH, detail))
    if checksum != media.checksum:
        detail = f"announced {media.checksum}, {checksum} arrived"
        found.append(Violation("/checksum", FailureCode.CHECKSUM_MISMATCH, detail))
    return found

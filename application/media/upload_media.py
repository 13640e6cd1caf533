"""A file that flows through us into the store: looked into and hashed on the way, never whole in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

from application.media.file_inspector import SNIFFED, FileInspector
from application.media.promote_media import ALONE, Arrival, PromoteMedia, VerifiedBytes
from application.media.staging import Staging
from application.media.unfinished_uploads import UnfinishedUploads
from application.media.upload_places import UploadPlaces
from application.media.upload_terms import UploadTerms
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.log import Log
from application.ports.storage import ObjectStore
from application.storage.streamed_uploads import StreamedUploads
from application.storage.upload_stream import UploadStream
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.failure import FailureCode
from domain.assets.rendition import MediaFacts
from domain.checksum import Checksum
from domain.errors import Rejected, Unavailable, Violation
from domain.ids import MediaId
from domain.media.announcement import SentAlong, require_sound_words
from domain.media.blob import Blob
from domain.media.content_class import served_as
from domain.media.errors import MediaMismatch, MediaNotArrived, MediaTooLarge
from domain.media.kind import MediaKind, SizeLimits
from domain.media.media import Media
from domain.media.object_keys import blob_key, direct_key
from domain.principal import Principal

_WHILE_OTHERS_END = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between looks for an object that another upload is just ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadMediaCommand:
    """`at_least` is how many bytes the file has by the word of its sender, 0 when nothing is said. `terms` take the
    place of what holds for the kind.
    """

    principal: Principal
    sent: SentAlong
    at_least: int = 0
    terms: UploadTerms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """The start of a file, and what it proves; `limit` is how many bytes such a file may have."""

    start: bytes
    mime_type: str
    limit: int
    facts: MediaFacts | None


class UploadMedia:
    """Answers the media once its bytes lie in the store. What is not taken is refused as soon as that is known: for
    its type and for a picture that cannot be opened before anything is stored. Whatever ends it, nothing stays that
    is half done; what a killed process leaves, the sweepers remove.

    Raises Rejected, MediaTypeNotAllowed, MediaTooLarge, MediaUnreadable, MediaMismatch, MediaNotPending (deleted
    meanwhile), TooManyUploads, Unavailable, and whatever the content raises.
    """

    def __init__(
        self,
        *,
        begin: UnitOfWorkFactory,
        store: ObjectStore,
        streams: StreamedUploads,
        inspector: FileInspector,
        promote: PromoteMedia,
        staging: Staging,
        unfinished: UnfinishedUploads,
        clock: Clock,
        ids: Ids,
        log: Log,
        limits: SizeLimits,
        places: UploadPlaces,
    ) -> None:
        self._begin = begin
        self._store = store
        self._streams = streams
        self._inspector = inspector
        self._promote = promote
        self._staging = staging
        self._unfinished = unfinished
        self._clock = clock
        self._ids = ids
        self._log = log
        self._limits = limits
        self._places = places

    async def __call__(
        self, command: UploadMediaCommand, content: AsyncIterator[bytes], *, arrival: Arrival = ALONE
    ) -> Media:
        """`content` ends when the file has ended and nothing was wrong with what came after it."""
        require_sound_words(command.sent)
        async with self._places.one_for(command.principal):
            opening = await self._open(command, content)
            media = self._announced(command, opening)
            try:
                return await self._receive(media, opening, content, arrival)
            except BaseException:
                await asyncio.shield(self._discard(media))
                raise

    async def _open(self, command: UploadMediaCommand, content: AsyncIterator[bytes]) -> _Opening:
        terms = command.terms or UploadTerms.of_kind(MediaKind(command.sent.kind), self._limits)
        _require_size(command.at_least, terms.largest)
        start = bytearray()
        is_whole = not await _fill(start, content, SNIFFED)
        if not start:
            raise Rejected("the file is empty", [Violation("/file", "EMPTY", "1 byte or more")])
        mime_type = self._inspector.type_of(bytes(start))
        terms.require_allowed(mime_type)
        limit = terms.limits.of(mime_type)
        _require_size(command.at_least, limit)
        is_whole = is_whole or not await _fill(start, content, self._inspector.wanted(mime_type))
        _require_size(len(start), limit)
        facts = await self._inspector.facts_of(mime_type, bytes(start), is_whole=is_whole)
        return _Opening(start=bytes(start), mime_type=mime_type, limit=limit, facts=facts)

    def _announced(self, command: UploadMediaCommand, opening: _Opening) -> Media:
        sent, store_id, media_id = command.sent, command.principal.store_id, MediaId(self._ids.new())
        checksum = None if sent.checksum is None else Checksum.parse(sent.checksum)
        return Media.announce(
            media_id=media_id,
            store_id=store_id,
            user_id=command.principal.user_id,
            kind=MediaKind(sent.kind),
            original_name=sent.filename,
            mime_type=opening.mime_type,
            size=max(command.at_least, len(opening.start)),
            checksum=checksum,
            storage_key=direct_key(store_id, media_id) if checksum is None else blob_key(store_id, checksum),
            folder=sent.folder,
            alt_text=sent.alt_text,
            description=sent.description,
            now=self._clock.now(),
        )

    async def _receive(self, media: Media, opening: _Opening, content: AsyncIterator[bytes], arrival: Arrival) -> Media:
        async with self._begin() as tx:
            await tx.media.save(media)
            await tx.commit()
        async with self._stream(media, opening) as stream:
            await stream.write(opening.start)
            async for chunk in content:
                _require_size(stream.size + len(chunk), opening.limit)
                await stream.write(chunk)
            await stream.end()
            _require_checksum(stream.checksum, media.checksum)
            verified = VerifiedBytes(
                checksum=stream.checksum,
                size=stream.size,
                mime_type=opening.mime_type,
                facts=opening.facts,
                key=media.storage_key if stream.in_parts else None,
            )
            return await self._promote(media.id, verified, partial(self._write, media, stream), arrival=arrival)

    def _stream(self, media: Media, opening: _Opening) -> AbstractAsyncContextManager[UploadStream]:
        """To where the bytes are to stay, so that the store need not copy them: they appear there when they have been
        proved to be those that the blob names.
        """
        return self._streams.open(
            media.storage_key, content_type=served_as(opening.mime_type), expected_size=media.size
        )

    async def _write(self, media: Media, stream: UploadStream, blob: Blob) -> None:
        body = await stream.small_body()
        if body is not None:
            await self._store.put(blob.key, body, content_type=blob.content_type, checksum=blob.checksum)
        elif media.storage_key == blob.key:
            await stream.finish(shared=True)
        elif not await self._is_brought_by_others(blob):
            await self._write_elsewhere(media, stream, blob)

    async def _is_brought_by_others(self, blob: Blob) -> bool:
        """The upload that described the blob has hold of it before its object appears: one who holds it alone waits
        for nobody.
        """
        for pause in _WHILE_OTHERS_END if blob.holders > 1 else ():
            await asyncio.sleep(pause)
            if await self._lies_there(blob):
                return True
        return False

    async def _write_elsewhere(self, media: Media, stream: UploadStream, blob: Blob) -> None:
        """The object of a blob that lies under another key is lost. This copies all of it, and is rare."""
        await stream.finish()
        try:
            # Whoever else writes there has named and proved the same bytes.
            await self._staging.promote(media, None, blob)
        except (MediaNotArrived, Unavailable) as error:
            # Uploads that name the same bytes share a key: another one may have brought them, and cleared it.
            if not await self._lies_there(blob):
                raise Unavailable("the bytes could not be brought to where they belong; upload them again") from error
        finally:
            await asyncio.shield(self._staging.clear(media, blob))

    async def _lies_there(self, blob: Blob) -> bool:
        stored = await self._store.head(blob.key)
        return stored is not None and blob.is_there(stored.size, stored.checksum)

    async def _discard(self, media: Media) -> None:
        try:
            await self._unfinished.discard(media.id)
        except Unavailable as error:
            # The sweeper does it later; what led here matters more.
            self._log.warning("media.upload_not_discarded", media_id=media.id, detail=error.detail)


async def _fill(start: bytearray, content: AsyncIterator[bytes], wanted: int) -> bool:
    """Until that many bytes are there; False when the content has ended before."""
    while len(start) < wanted:
        chunk = await anext(content, None)
        if chunk is None:
            return False
        start += chunk
    return True


def _require_checksum(received: Checksum, said: Checksum | None) -> None:
    if said not in {None, received}:
        detail = f"announced {said}, {received} arrived"
        violation = Violation("/checksum", FailureCode.CHECKSUM_MISMATCH, detail)
        raise MediaMismatch("what was sent is not what was announced; see errors", [violation])


def _require_size(size: int, limit: int) -> None:
    if size > limit:
        raise MediaTooLarge(limit)

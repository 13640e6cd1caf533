"""Deliveries of files for listings."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from application.batches.complete_upload_batch import CompleteUploadBatchCommand
from application.batches.create_upload_batch import CreateUploadBatchCommand
from application.batches.list_batches import ListBatches, ListBatchesQuery
from application.batches.verify_uploads import ClaimedUpload
from domain.assets.asset import Asset
from domain.batches.batch import Batch
from domain.batches.limits import UploadLimits
from domain.batches.manifest import AnnouncedFile, check_manifest
from domain.batches.media_type import MediaType
from domain.ids import BatchId, ListingId, UserId
from domain.listings.access import require_awaiting, require_uploader
from domain.listings.listing import Listing
from domain.principal import Principal, Role
from entrypoints.reading.texts import Line
from entrypoints.seeding.context import Context, Loader, SeedTools
from entrypoints.seeding.entry import Entry, Key, Part
from entrypoints.seeding.listings import SOME_STORE, introduced, some_id
from entrypoints.seeding.material import Flaw, Material, flaws
from entrypoints.seeding.pages import PAGE, all_of
from entrypoints.seeding.sample_files import SampleFiles
from entrypoints.settings import Settings


class DeliveredEntry(Part, frozen=True):
    file: Line
    media_type: MediaType
    title: str | None = None


class BatchEntry(Entry, frozen=True):
    """`by` delivers it: the photographer of the listing's current booking, or the owner of a development. The batch has
    its key as its reference.
    """

    listing: Key
    by: Key
    files: Annotated[list[DeliveredEntry], Meta(min_length=1)]

    @property
    def media_types(self) -> frozenset[MediaType]:
        return frozenset(each.media_type for each in self.files)

    @property
    def carries_photos(self) -> bool:
        """Or videos, as the listing awaits them."""
        return any(not media_type.is_project for media_type in self.media_types)

    def announced(self, files: SampleFiles) -> Sequence[AnnouncedFile]:
        """Raises SampleMissing."""
        return [
            AnnouncedFile(
                client_id=str(sequence),
                media_type=each.media_type,
                filename=PurePosixPath(each.file).name,
                content_type=files.mime_type(each.file),
                size=files.size(each.file),
                checksum=str(files.checksum(each.file)),
                sequence=sequence,
                title=each.title,
            )
            for sequence, each in enumerate(self.files, start=1)
        ]


def _rules(entry: BatchEntry, material: Material) -> Iterator[Flaw]:
    missing = [*_missing(entry, material.files)]
    yield from missing
    if not missing:
        yield from flaws(lambda: check_manifest(entry.key, entry.announced(material.files), _whole(material.settings)))
    listing = introduced(entry.listing, material)
    if listing is not None:
        roles = frozenset({Role.PHOTOGRAPHER, Role.OWNER})
        somebody = Principal(user_id=UserId(some_id(entry.by)), store_id=SOME_STORE, roles=roles)
        yield from flaws(lambda: require_uploader(listing, somebody, entry.media_types), at="by")
        names = {str(listing.id): entry.listing}
        yield from flaws(lambda: require_awaiting(listing, entry.media_types), at="listing", names=names)
        yield from _too_late(entry, listing, material)


def _too_late(entry: BatchEntry, listing: Listing, material: Material) -> Iterator[Flaw]:
    """Once photos of a listing are READY, it may have moved on before the next ones come."""
    if not entry.carries_photos:
        return
    for earlier in _before(entry, material):
        if earlier.carries_photos and listing.media_ready(now=listing.updated_at):
            yield Flaw(
                "listing", f'it takes no photos any more once those of "{earlier.key}" are ready; put them there'
            )


def _before(entry: BatchEntry, material: Material) -> Iterator[BatchEntry]:
    """Those for the same listing that are loaded before it, as far as they are sound."""
    for members in takewhile(lambda each: each.get("key") != entry.key, material.entries["batches"]):
        with suppress(msgspec.ValidationError):
            earlier = msgspec.convert(members, BatchEntry)
            if earlier.listing == entry.listing:
                yield earlier


def _missing(entry: BatchEntry, files: SampleFiles) -> Iterator[Flaw]:
    for index, each in enumerate(entry.files):
        yield from flaws(partial(files.path, each.file), at=f"files/{index}/file")


def _whole(settings: Settings) -> UploadLimits:
    """Files that are not uploaded in parts."""
    limits = settings.limits
    most = {category: min(size, limits.multipart_above) for category, size in limits.max_bytes.items()}
    return replace(limits, max_bytes=most)


class BatchLoader(Loader[BatchEntry]):
    """Announced, put where a client would put them, and completed, each of which may be repeated."""

    def __init__(self, tools: SeedTools) -> None:
        self._tools = tools
        self._list = ListBatches(begin=tools.toolbox.begin)

    async def find(self, entry: BatchEntry) -> UUID | None:
        """One that was never completed is not there."""

        async def page(before: BatchId | None) -> tuple[Sequence[Batch], BatchId | None]:
            query = ListBatchesQuery(
                principal=self._tools.principal, listing_id=self._listing(entry), before=before, limit=PAGE
            )
            found = await self._list(query)
            return found.batches, found.next_before

        received = [batch for batch in await all_of(page) if batch.received_at is not None]
        return next((batch.id for batch in received if batch.reference == entry.key), None)

    async def make(self, entry: BatchEntry) -> UUID:
        deliverer = replace(self._tools.principal, user_id=UserId(self._tools.loaded.id_of("users", entry.by)))
        listing_id = self._listing(entry)
        announced = await asyncio.to_thread(entry.announced, self._tools.files)
        opened = await self._tools.create_batch(
            CreateUploadBatchCommand(principal=deliverer, listing_id=listing_id, reference=entry.key, files=announced)
        )
        claims = [await self._put(entry, ticket.asset) for ticket in opened.tickets]
        await self._tools.complete_batch(
            CompleteUploadBatchCommand(
                principal=deliverer, listing_id=listing_id, batch_id=opened.batch.id, files=claims
            )
        )
        return opened.batch.id

    async def _put(self, entry: BatchEntry, asset: Asset) -> ClaimedUpload:
        source = self._tools.files.path(entry.files[asset.sequence - 1].file)
        stored = await self._tools.store.upload(asset.key, source, content_type=asset.content_type)
        return ClaimedUpload(client_id=asset.client_id, etag=stored.etag)

    def _listing(self, entry: BatchEntry) -> ListingId:
        return ListingId(self._tools.loaded.id_of("listings", entry.listing))


BATCHES = Context(
    name="batches",
    entry=BatchEntry,
    loader=BatchLoader,
    references={"listing": "listings", "by": "users"},
    identity=lambda entry: (entry.listing, entry.key),
    rules=_rules,
)

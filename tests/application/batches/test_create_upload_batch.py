"""Announcing files: one announcement is one batch, however often and by however many it is made."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from application.batches.create_upload_batch import CreateUploadBatchCommand
from domain.assets.asset import AssetStatus
from domain.batches.batch import BatchStatus
from domain.batches.errors import BatchReferenceTaken
from domain.batches.limits import MIB, UploadLimits
from domain.errors import NotPermitted, Rejected
from domain.ids import ListingId, StoreId
from domain.listings.errors import ListingNotAwaitingMedia, ListingNotFound
from domain.listings.listing import ListingKind, ListingStatus
from domain.principal import Role
from tests.application.uploads import document, photo, photos, video
from tests.application.world import OWNER_PRINCIPAL, PHOTOGRAPHER_PRINCIPAL, World, principal
from tests.builders import IDS, PHOTOGRAPHER, build_listing

LARGE = UploadLimits(multipart_above=6 * MIB, part_size=5 * MIB)
SEEDS = range(8)


async def test_each_file_gets_a_url_that_takes_exactly_that_file(world: World) -> None:
    await world.open_listing()
    files = photos("one", "two")
    opened = await world.announce(files)

    assert opened.created
    assert (opened.batch.status, opened.batch.file_count) == (BatchStatus.PENDING_UPLOAD, 2)
    assert opened.batch.expires_at == world.now + timedelta(hours=24)
    for ticket, file in zip(opened.tickets, files, strict=True):
        assert ticket.asset.client_id == file.client_id
        assert ticket.expires_at == world.now + timedelta(minutes=15)
        assert ticket.upload is not None
        assert world.http.put(ticket.upload, file.body[:-1] + b"!").status == 400
        assert world.http.put(ticket.upload, file.body).status == 200
    assert world.telemetry.of("batch_created") == [BatchStatus.PENDING_UPLOAD]


async def test_the_same_announcement_answers_the_same_batch_with_fresh_urls(world: World) -> None:
    await world.open_listing()
    files = photos("one", "two")
    first = await world.announce(files)
    world.clock.advance(timedelta(minutes=16))
    again = await world.announce(files[::-1])

    assert not again.created
    assert again.batch == first.batch
    assert {ticket.asset.id for ticket in again.tickets} == {ticket.asset.id for ticket in first.tickets}
    uploads = [opened.tickets[0].upload for opened in (first, again)]
    assert [world.http.put(upload, files[0].body).status for upload in uploads if upload] == [403, 200]
    assert len(world.telemetry.of("batch_created")) == 1


async def test_another_manifest_under_a_live_reference_is_refused(world: World) -> None:
    await world.open_listing()
    await world.announce(photos("one"))
    with pytest.raises(BatchReferenceTaken):
        await world.announce(photos("one", "two"))
    assert (await world.announce(photos("one", "two"), reference="other")).created


async def test_a_reference_stays_taken_once_the_batch_is_received(world: World) -> None:
    await world.open_listing()
    files = photos("one", "two")
    await world.receive(files)
    with pytest.raises(BatchReferenceTaken):
        await world.announce(files)


async def test_references_are_those_of_one_listing(world: World) -> None:
    await world.open_listing()
    other = await world.open_listing(build_listing())
    await world.announce(photos("one"))
    assert (await world.announce(photos("one", "two"), listing_id=other.id)).created


async def test_an_overdue_batch_gives_its_reference_up_before_the_sweeper_has_come(world: World) -> None:
    await world.open_listing()
    overdue = await world.announce(photos("one"))
    world.clock.advance(timedelta(hours=24))
    opened = await world.announce(photos("one", "two"))

    assert opened.created
    assert (await world.batch(overdue.batch.id)).status is BatchStatus.FAILED
    assert {asset.status for asset in await world.assets(overdue.batch.id)} == {AssetStatus.FAILED}


async def test_a_large_file_is_uploaded_in_parts(make_world: Callable[..., World]) -> None:
    world = make_world(limits=LARGE)
    await world.open_listing()
    files = [video(size=11 * MIB), photo()]
    opened = await world.announce(files)

    by_type = {ticket.asset.client_id: ticket for ticket in opened.tickets}
    assert by_type["one"].multipart is None
    in_parts = by_type["film"].multipart
    assert in_parts is not None
    assert by_type["film"].upload is None
    assert [(part.number, part.size) for part in in_parts.parts] == [(1, 5 * MIB), (2, 5 * MIB), (3, MIB)]
    world.upload(opened.tickets, files)
    assert (await world.complete(opened.batch.id)).total == 2
    film = await world.asset(opened.batch.id, "film")
    assert world.bucket.objects[film.key].data == files[0].body


async def test_repeating_keeps_the_open_multipart_upload(make_world: Callable[..., World]) -> None:
    world = make_world(limits=LARGE)
    await world.open_listing()
    first, again = [await world.announce([video(size=11 * MIB)]) for _ in range(2)]
    assert first.tickets[0].multipart is not None
    assert again.tickets[0].multipart is not None
    assert again.tickets[0].multipart.upload_id == first.tickets[0].multipart.upload_id
    assert len(world.bucket.uploads) == 1


@pytest.mark.parametrize("seed", SEEDS)
async def test_equal_requests_at_once_open_one_batch(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(limits=LARGE, interleaved=seed)
    await world.open_listing()
    files = [video(size=7 * MIB), photo()]
    answers = await asyncio.gather(*[world.announce(files) for _ in range(4)])

    assert sorted(answer.created for answer in answers) == [False, False, False, True]
    assert len({answer.batch.id for answer in answers}) == 1
    assert len(world.telemetry.of("batch_created")) == 1
    in_parts = {ticket.multipart.upload_id for answer in answers for ticket in answer.tickets if ticket.multipart}
    assert in_parts == set(world.bucket.uploads)
    assert len(in_parts) == 1


@pytest.mark.parametrize("seed", SEEDS)
async def test_of_different_manifests_at_once_one_gets_the_reference(
    make_world: Callable[..., World], seed: int
) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    manifests = [photos("one"), photos("two"), photos("one", "two")]
    answers = await asyncio.gather(*[world.announce(files) for files in manifests], return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, BatchReferenceTaken)]
    assert len(refused) == len(manifests) - 1


@pytest.mark.parametrize("seed", SEEDS)
async def test_an_overdue_batch_is_replaced_once_by_requests_at_once(
    make_world: Callable[..., World], seed: int
) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    overdue = await world.announce(photos("one"))
    world.clock.advance(timedelta(hours=25))
    first, second, _ = await asyncio.gather(
        world.announce(photos("one")), world.announce(photos("one")), world.expire_uploads()
    )

    assert first.batch.id == second.batch.id != overdue.batch.id
    assert [first.created, second.created].count(True) == 1
    assert len([event for event in await events(world) if event == "vitrine.batch.failed"]) == 1


async def events(world: World) -> list[str]:
    await world.pointers()
    return [message.type for message in world.publisher.messages]


async def test_every_violation_is_named_and_nothing_is_opened(world: World) -> None:
    await world.open_listing()
    files = [photo().saying(size=0), photo("two").saying(content_type="text/html")]
    with pytest.raises(Rejected) as refused:
        await world.announce(files)
    assert {violation.pointer for violation in refused.value.violations} == {
        "/files/0/bytes",
        "/files/0/sequence",
        "/files/1/contentType",
        "/files/1/sequence",
    }
    assert not world.database.records.keys() - {(type(world.listing), world.listing.id)}


async def test_who_may_not_deliver_is_refused(world: World) -> None:
    await world.open_listing()
    with pytest.raises(NotPermitted):
        await world.announce(photos("one"), by=OWNER_PRINCIPAL)
    foreigner = principal(PHOTOGRAPHER, Role.PHOTOGRAPHER, store=StoreId(IDS.new()))
    with pytest.raises(ListingNotFound):
        await world.announce(photos("one"), by=foreigner)
    with pytest.raises(ListingNotFound):
        await world.announce(photos("one"), listing_id=ListingId(IDS.new()))


async def test_a_listing_that_awaits_nothing_takes_nothing(world: World) -> None:
    listing = await world.open_listing(build_listing(status=ListingStatus.PENDING_OWNER_APPROVAL))
    with pytest.raises(ListingNotAwaitingMedia):
        await world.announce(photos("one"), listing_id=listing.id)


async def test_an_owner_delivers_project_documents(world: World) -> None:
    listing = await world.open_listing(build_listing(kind=ListingKind.DEVELOPMENT, status=ListingStatus.DRAFT))
    opened = await world.announce([document()], by=OWNER_PRINCIPAL, listing_id=listing.id)
    assert not opened.batch.carries_photos
    with pytest.raises(NotPermitted):
        await world.create_upload_batch(
            CreateUploadBatchCommand(
                principal=PHOTOGRAPHER_PRINCIPAL,
                listing_id=listing.id,
                reference="mine",
                files=[document().announced],
            )
        )

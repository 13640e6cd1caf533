"""Saying that all is uploaded: believed only after a look into the store, and counted once."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from application.batches.complete_upload_batch import CompleteUploadBatchCommand
from application.batches.verify_uploads import ClaimedUpload
from domain.assets.asset import AssetStatus
from domain.batches.batch import BatchStatus
from domain.batches.errors import BatchNotFound, UploadExpired, UploadMismatch, UploadsIncomplete
from domain.batches.limits import MIB, UploadLimits
from domain.errors import DomainError, NotPermitted, Rejected
from domain.ids import BatchId
from domain.jobs.job import Job, JobStatus
from domain.listings.listing import ListingStatus
from tests.application.uploads import photo, photos, video
from tests.application.world import OWNER_PRINCIPAL, PHOTOGRAPHER_PRINCIPAL, World
from tests.builders import build_listing

IN_PARTS = UploadLimits(multipart_above=6 * MIB, part_size=5 * MIB)


async def complete(world: World, batch_id: BatchId, claims: Sequence[ClaimedUpload], *, drop: bool = False) -> Job:
    return await world.complete_upload_batch(
        CompleteUploadBatchCommand(
            principal=PHOTOGRAPHER_PRINCIPAL,
            listing_id=world.listing.id,
            batch_id=batch_id,
            files=claims,
            drop_missing=drop,
        )
    )


def found(error: DomainError) -> set[tuple[str, str]]:
    return {(violation.pointer, violation.code) for violation in error.violations}


async def test_it_begins_the_first_run(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive(photos("one", "two"))

    (job,) = await world.jobs(batch_id)
    batch = await world.batch(batch_id)
    assert (job.status, job.attempt, job.total) == (JobStatus.PENDING, 1, 2)
    assert (batch.status, batch.job_id, batch.received_at) == (BatchStatus.RECEIVED, job.id, world.now)
    assets = await world.assets(batch_id)
    assert {asset.status for asset in assets} == {AssetStatus.RECEIVED}
    assert {task.work.ids["asset_id"] for task in await world.tasks(job)} == {asset.id for asset in assets}
    assert len(await world.pointers()) == 2


async def test_saying_it_again_answers_the_same_job_also_when_later_ones_exist(world: World) -> None:
    await world.open_listing()
    batch_id = await world.receive()
    (first,) = await world.jobs(batch_id)
    assert (await world.complete(batch_id)).id == first.id
    await world.work()
    await world.retry_again(batch_id)
    assert (await world.complete(batch_id)).id == first.id


@pytest.mark.parametrize("seed", range(8))
async def test_ten_at_once_make_one_job(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(limits=IN_PARTS, interleaved=seed)
    await world.open_listing()
    files = [photo(), video(size=7 * MIB)]
    opened = await world.announce(files)
    world.upload(opened.tickets, files)
    claims = [ClaimedUpload(client_id="one", etag=_etag(world, opened.tickets[0].asset.key))]
    claims.append(ClaimedUpload(client_id="film", etag="not known yet"))

    jobs = await asyncio.gather(*[complete(world, opened.batch.id, claims) for _ in range(10)])

    assert len({job.id for job in jobs}) == 1
    assert len(await world.jobs(opened.batch.id)) == 1
    assert len(await world.tasks(jobs[0])) == 2


def _etag(world: World, key: str) -> str:
    return world.bucket.objects[key].described.etag


async def test_what_is_missing_is_named_and_nothing_changes(world: World) -> None:
    await world.open_listing()
    files = photos("one", "two", "three")
    opened = await world.announce(files)
    world.upload(opened.tickets[:1], files)
    claims = world.claims(await world.assets(opened.batch.id))[:2]
    with pytest.raises(UploadsIncomplete) as refused:
        await complete(world, opened.batch.id, claims)
    assert found(refused.value) == {("/files/1", "NOT_UPLOADED"), ("/files", "NOT_UPLOADED")}
    assert "'three'" in str([violation.detail for violation in refused.value.violations])
    assert (await world.batch(opened.batch.id)).status is BatchStatus.PENDING_UPLOAD


async def test_what_is_missing_can_be_left_out(world: World) -> None:
    await world.open_listing()
    files = photos("one", "two")
    opened = await world.announce(files)
    world.upload(opened.tickets[:1], files)

    job = await world.complete(opened.batch.id, drop=True)

    batch = await world.batch(opened.batch.id)
    assert (job.total, batch.file_count, batch.total_bytes) == (1, 1, len(files[0].body))
    assert [asset.client_id for asset in await world.assets(opened.batch.id)] == ["one"]


async def test_a_batch_of_nothing_is_not_received(world: World) -> None:
    await world.open_listing()
    opened = await world.announce(photos("one", "two"))
    with pytest.raises(UploadsIncomplete):
        await world.complete(opened.batch.id, drop=True)
    assert len(await world.assets(opened.batch.id)) == 2


async def test_left_out_uploads_in_parts_are_forgotten(make_world: Callable[..., World]) -> None:
    world = make_world(limits=IN_PARTS)
    await world.open_listing()
    files = [photo(), video(size=7 * MIB)]
    opened = await world.announce(files)
    world.upload([ticket for ticket in opened.tickets if ticket.upload], files)
    await world.complete(opened.batch.id, drop=True)
    assert not world.bucket.uploads


async def test_other_objects_than_announced_are_named_each_with_all_that_differs(world: World) -> None:
    await world.open_listing()
    files = photos("one", "two", "three")
    opened = await world.announce(files)
    keys = {ticket.asset.client_id: ticket.asset.key for ticket in opened.tickets}
    world.upload(opened.tickets, files)
    stored = world.bucket.objects[keys["two"]].described
    world.bucket.write(keys["one"], b"short", content_type="image/jpeg", checksum=stored.checksum)
    claims = world.claims(await world.assets(opened.batch.id))
    claims[2] = ClaimedUpload(client_id=claims[2].client_id, etag="of something else")
    positions = {claim.client_id: f"/files/{index}" for index, claim in enumerate(claims)}

    with pytest.raises(UploadMismatch) as refused:
        await complete(world, opened.batch.id, claims, drop=True)

    assert found(refused.value) == {
        (positions["one"], "SIZE_MISMATCH"),
        (positions["one"], "CHECKSUM_MISMATCH"),
        (positions[claims[2].client_id], "ETAG_MISMATCH"),
    }
    assert (await world.batch(opened.batch.id)).status is BatchStatus.PENDING_UPLOAD


async def test_an_etag_may_come_in_quotes(world: World) -> None:
    await world.open_listing()
    files = photos("one")
    opened = await world.announce(files)
    world.upload(opened.tickets, files)
    quoted = ClaimedUpload(client_id="one", etag=f'"{_etag(world, opened.tickets[0].asset.key)}"')
    assert (await complete(world, opened.batch.id, [quoted])).total == 1


async def test_parts_are_checked_before_they_are_assembled(make_world: Callable[..., World]) -> None:
    world = make_world(limits=IN_PARTS)
    await world.open_listing()
    film = video(size=7 * MIB)
    opened = await world.announce([film])
    in_parts = opened.tickets[0].multipart
    assert in_parts is not None
    world.http.put(in_parts.parts[0].upload, film.body[: 5 * MIB])
    with pytest.raises(UploadsIncomplete):
        await complete(world, opened.batch.id, [ClaimedUpload(client_id="film", etag="")])
    world.http.put(in_parts.parts[1].upload, film.body[5 * MIB :])
    with pytest.raises(UploadMismatch) as refused:
        await complete(world, opened.batch.id, [ClaimedUpload(client_id="film", etag="", parts={2: "another"})])
    assert found(refused.value) == {("/files/0", "ETAG_MISMATCH")}
    assert len(world.bucket.uploads) == 1


async def test_files_that_nobody_announced_or_that_are_listed_twice_are_refused(world: World) -> None:
    await world.open_listing()
    opened = await world.announce(photos("one", "two"))
    claims = [ClaimedUpload(client_id=name, etag="e") for name in ("one", "ten", "one")]
    with pytest.raises(Rejected) as refused:
        await complete(world, opened.batch.id, claims)
    assert found(refused.value) == {
        ("/files/0/clientId", "DUPLICATE_CLIENT_ID"),
        ("/files/1/clientId", "UNKNOWN_CLIENT_ID"),
        ("/files/2/clientId", "DUPLICATE_CLIENT_ID"),
    }


@pytest.mark.parametrize("swept", [False, True])
async def test_too_late_is_too_late(world: World, *, swept: bool) -> None:
    await world.open_listing()
    files = photos("one")
    opened = await world.announce(files)
    world.upload(opened.tickets, files)
    world.clock.advance(timedelta(hours=24))
    if swept:
        await world.expire_uploads()
    with pytest.raises(UploadExpired):
        await world.complete(opened.batch.id)


@pytest.mark.parametrize("seed", range(8))
async def test_against_the_sweeper_either_wins_and_never_both(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(interleaved=seed)
    await world.open_listing()
    files = photos("one")
    opened = await world.announce(files)
    world.upload(opened.tickets, files)
    world.clock.advance(timedelta(hours=24) - timedelta(microseconds=1))

    async def sweep() -> None:
        world.clock.advance(timedelta(seconds=1))
        await world.expire_uploads()

    answer, _ = await asyncio.gather(world.complete(opened.batch.id), sweep(), return_exceptions=True)

    batch = await world.batch(opened.batch.id)
    if isinstance(answer, Job):
        assert batch.status is BatchStatus.RECEIVED
        assert world.bucket.objects
    else:
        assert isinstance(answer, UploadExpired)
        assert batch.status is BatchStatus.FAILED


async def test_a_listing_that_has_moved_on_does_not_strand_a_batch_that_was_announced(world: World) -> None:
    """A sibling that was ready sooner moves the listing on while this one is still uploading."""
    await world.open_listing()
    files = photos("one")
    opened = await world.announce(files)
    world.upload(opened.tickets, files)
    listing = await world.current_listing()
    listing.status = ListingStatus.PENDING_OWNER_APPROVAL
    await world.open_listing(listing)

    await world.complete(opened.batch.id)

    assert (await world.batch(opened.batch.id)).status is BatchStatus.RECEIVED


async def test_it_is_for_those_who_deliver(world: World) -> None:
    await world.open_listing()
    other = await world.open_listing(build_listing())
    batch_id = await world.receive(listing_id=other.id)
    with pytest.raises(NotPermitted):
        await world.complete(batch_id, by=OWNER_PRINCIPAL)
    with pytest.raises(BatchNotFound):
        await complete(world, batch_id, [])

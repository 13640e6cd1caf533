"""Putting aggregates where a test needs them."""

from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.assets.asset import Asset
from domain.batches.batch import Batch
from domain.dead_letters.dead_letter import DeadLetter
from domain.events import Aggregate
from domain.jobs.job import Job
from domain.jobs.task import Task
from domain.listings.listing import Listing
from domain.media.blob import Blob
from domain.media.media import Media
from tests.builders import build_batch, build_job, build_listing


async def put(tx: UnitOfWork, *aggregates: Aggregate) -> None:
    """Insert or update, in the order given: a parent before its children."""
    for aggregate in aggregates:
        match aggregate:
            case Listing():
                await tx.listings.save(aggregate)
            case Batch():
                await tx.batches.save(aggregate)
            case Job():
                await tx.jobs.save(aggregate)
            case Asset():
                await (tx.assets.save([aggregate]) if aggregate.version else tx.assets.add([aggregate]))
            case Task():
                await (tx.tasks.save(aggregate) if aggregate.version else tx.tasks.add([aggregate]))
            case DeadLetter():
                await (tx.dead_letters.save([aggregate]) if aggregate.version else tx.dead_letters.add(aggregate))
            case Media():
                await tx.media.save(aggregate)
            case Blob():
                await (tx.blobs.save(aggregate) if aggregate.version else tx.blobs.obtain(aggregate))


async def store(begin: UnitOfWorkFactory, *aggregates: Aggregate) -> None:
    async with begin() as tx:
        await put(tx, *aggregates)
        await tx.commit()


async def stored_batch(begin: UnitOfWorkFactory) -> Batch:
    """A batch of a listing of its own."""
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    await store(begin, listing, batch)
    return batch


async def stored_job(begin: UnitOfWorkFactory) -> Job:
    """A job of a batch of its own."""
    job = build_job(await stored_batch(begin))
    await store(begin, job)
    return job


async def find(tx: UnitOfWork, aggregate: Aggregate) -> Aggregate | None:
    """What is stored under the aggregate's id."""
    found: Aggregate | None
    match aggregate:
        case Listing():
            found = await tx.listings.find(aggregate.id)
        case Batch():
            found = await tx.batches.find(aggregate.id)
        case Job():
            found = await tx.jobs.find(aggregate.id)
        case Asset():
            found = await tx.assets.find(aggregate.id)
        case Task():
            found = await tx.tasks.find(aggregate.id)
        case DeadLetter():
            found = await tx.dead_letters.find(aggregate.id)
        case Media():
            found = await tx.media.find(aggregate.id)
        case Blob():
            found = await tx.blobs.find(aggregate.store_id, aggregate.checksum)
        case _:
            raise AssertionError(aggregate)
    return found


async def read(begin: UnitOfWorkFactory, aggregate: Aggregate) -> Aggregate | None:
    async with begin() as tx:
        return await find(tx, aggregate)


async def lock(tx: UnitOfWork, aggregate: Aggregate) -> Aggregate | None:
    found: Aggregate | None
    match aggregate:
        case Listing():
            found = await tx.listings.lock(aggregate.id)
        case Batch():
            found = await tx.batches.lock(aggregate.id)
        case Job():
            found = await tx.jobs.lock(aggregate.id)
        case Task():
            found = await tx.tasks.lock(aggregate.id)
        case DeadLetter():
            found = await tx.dead_letters.lock(aggregate.id)
        case Media():
            found = await tx.media.lock(aggregate.id)
        case Blob():
            found = await tx.blobs.lock(aggregate.id)
        case _:
            raise AssertionError(f"{type(aggregate).__name__} has no lock")
    return found

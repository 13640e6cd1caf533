"""The table of constraints, and what the database refuses beyond it."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from adapters.postgres.errors import CONSTRAINTS
from adapters.postgres.tables import metadata
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from tests.builders import (
    build_asset,
    build_batch,
    build_job,
    build_listing,
    build_media_work,
    build_run_work,
    build_task,
)


def _names() -> Iterator[Any]:
    for table in metadata.tables.values():
        yield from (constraint.name for constraint in table.constraints)
        yield from (index.name for index in table.indexes)


def test_every_constraint_that_is_translated_exists() -> None:
    assert set(CONSTRAINTS) <= set(_names())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("size", -1),
        ("sequence", -1),
        ("status", "LOST"),
        ("media_type", "SCULPTURE"),
        ("failure_code", "NO_REASON"),
        ("checksum", b"short"),
    ],
)
async def test_rows_that_make_no_sense_are_refused(
    begin: PostgresUnitOfWorkFactory, bystander: asyncpg.Connection, column: str, value: object
) -> None:
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    async with begin() as tx:
        await tx.listings.save(listing)
        await tx.batches.save(batch)
        await tx.assets.add([build_asset(batch)])
        await tx.commit()

    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await bystander.execute(f"UPDATE listing_media_assets SET {column} = $1", value)

    assert refused.value.constraint_name == f"ck_listing_media_assets_{column}"


@pytest.mark.parametrize("column", ["job_id", "batch_id", "listing_id", "run", "media_id", "store_id"])
async def test_a_task_is_about_a_run_or_a_media_and_never_half_of_one(
    begin: PostgresUnitOfWorkFactory, bystander: asyncpg.Connection, column: str
) -> None:
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    job = build_job(batch)
    tasks = [build_task(job), build_task(work=build_run_work(job, asset_id=None)), build_task(work=build_media_work())]
    async with begin() as tx:
        await tx.listings.save(listing)
        await tx.batches.save(batch)
        await tx.jobs.save(job)
        await tx.tasks.add(tasks)
        await tx.commit()

    one = "1" if column == "run" else f"UUID '{job.id}'"
    for task in tasks:
        change = f"CASE WHEN {column} IS NULL THEN {one} END"
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await bystander.execute(f"UPDATE tasks SET {column} = {change} WHERE id = $1", task.id)
        assert refused.value.constraint_name == "ck_tasks_work"


async def test_our_own_mistakes_are_raised_as_they_are(begin: PostgresUnitOfWorkFactory) -> None:
    listing = build_listing()
    batch = build_batch(listing_id=listing.id)
    async with begin() as tx:
        await tx.listings.save(listing)
        await tx.batches.save(batch)
        with pytest.raises(asyncpg.UniqueViolationError):
            await tx.assets.add([build_asset(batch, sequence=1), build_asset(batch, sequence=1)])

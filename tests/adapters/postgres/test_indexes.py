"""Every question has its index, also when the plan knows no values: what has ended costs nothing."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from adapters.postgres import (
    assets,
    attachments,
    backlog,
    batch_history,
    batches,
    blobs,
    census,
    dead_letter_history,
    dead_letters,
    jobs,
    leases,
    listings,
    media,
    media_library,
    outbox,
    processed_messages,
    tasks,
)
from adapters.postgres.statements import Statement
from domain.dead_letters.dead_letter import LetterStatus
from tests.postgres_databases import PostgresDatabases

QUESTIONS = [
    (listings._FIND, "pk_listings"),
    (listings._FIND, "pk_bookings"),
    (batches._FIND, "pk_listing_media_batches"),
    (batches._FIND_LIVE, "uq_listing_media_batches_live_reference"),
    (batch_history._NEWEST, "ix_listing_media_batches_of_listing"),
    (batch_history._OLDER, "ix_listing_media_batches_of_listing"),
    (batch_history._OVERDUE, "ix_listing_media_batches_awaiting_uploads"),
    (assets._FIND, "pk_listing_media_assets"),
    (assets._OF_BATCH, "uq_listing_media_assets_batch_id_media_type_sequence"),
    (jobs._OF_BATCH, "uq_listing_media_jobs_batch_id_attempt"),
    (jobs._FIND_UNANSWERED, "ix_listing_media_jobs_unanswered"),
    (backlog._JOBS_IN_FLIGHT, "ix_listing_media_jobs_in_flight"),
    (backlog._OLDEST_WAITING, "ix_tasks_waiting"),
    (tasks._OF_JOB, "ix_tasks_of_job"),
    (leases._CLAIM, "pk_tasks"),
    (leases._RENEW, "pk_tasks"),
    (leases._EXPIRED, "ix_tasks_leased"),
    (leases._WAITING, "ix_tasks_waiting"),
    (dead_letters._FIND, "pk_dead_letters"),
    (dead_letters._LOCK_OPEN_OF_BATCH, "ix_dead_letters_open_of_batch"),
    (dead_letters._LOCK_OF_DELETION, "uq_dead_letters_deletion"),
    (dead_letters._FORGET_RESOLVED, "ix_dead_letters_resolved"),
    (dead_letter_history._PAGE, "pk_dead_letters"),
    (dead_letter_history._PAGES[LetterStatus.OPEN], "ix_dead_letters_open"),
    (dead_letter_history._COUNT_OPEN, "ix_dead_letters_open"),
    (processed_messages._FORGET, "ix_processed_messages_processed_at"),
    (media._FIND, "pk_media"),
    (media._LOCK_ALL, "pk_media"),
    (media._HOLDING, "ix_media_blob"),
    (media._QUARANTINED, "ix_media_blob"),
    (backlog._OLDEST_DELETION, "ix_media_going"),
    (media._OVERDUE, "ix_media_pending"),
    (media._UNFINISHED, "ix_media_going"),
    (media._NEXT_PAGE, "pk_media"),
    *((look, index) for look in media_library._LOOK.values() for index in ("pk_media_postings", "pk_media")),
    (media_library._SHORTEST, "pk_media_postings"),
    (blobs._LOCK, "pk_media_blobs"),
    (blobs._LOCK_BY_BYTES, "uq_media_blobs_store_id_checksum"),
    (blobs._AT, "uq_media_blobs_key"),
    (blobs._CONDEMNED, "ix_media_blobs_condemned"),
    (blobs._NEXT_PAGE, "pk_media_blobs"),
    (census._NEXT_BLOBS, "uq_media_blobs_key"),
    (attachments._HELD_BY, "ix_media_attachments_entity"),
    (attachments._OF_MEDIA, "ix_media_attachments_media"),
    (attachments._OF_MEDIA_BEHIND, "ix_media_attachments_media"),
    (attachments._APPLY, "pk_media_attachments"),
    (attachments._APPLY, "pk_media"),
    (attachments._ENTITY_TYPES_OF, "ix_media_attachments_media"),
    (attachments._COUNT, "ix_media_attachments_media"),
    (attachments._NEXT_PAGE, "pk_media_attachments"),
    (outbox._TAKE, "ix_outbox_unpublished"),
    (outbox._FORGET, "ix_outbox_published"),
    (outbox._FORGET, "pk_outbox"),
    (outbox._OLDEST_DUE, "ix_outbox_unpublished"),
]


@pytest.fixture(scope="module")
async def planner(postgres_databases: PostgresDatabases) -> AsyncIterator[asyncpg.Connection]:
    """Empty tables, so the planner is told to prefer indexes where it can use them at all."""
    async with postgres_databases.fresh() as dsn:
        connection = await asyncpg.connect(dsn, timeout=5, command_timeout=10, statement_cache_size=0)
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        yield connection
        await connection.close(timeout=5)


@pytest.mark.parametrize(("question", "index"), QUESTIONS)
async def test_it_is_answered_from_its_index(planner: asyncpg.Connection, question: Statement, index: str) -> None:
    nothing = ", ".join("NULL" for _ in question.names)
    await planner.execute(f"PREPARE question AS {question.text}")
    plan = await planner.fetch(f"EXPLAIN (COSTS OFF) EXECUTE question{f'({nothing})' if nothing else ''}")
    await planner.execute("DEALLOCATE question")

    assert index in " ".join(line[0] for line in plan).split(), plan

"""What a transaction that only reads leaves undone."""

import asyncpg

from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from tests.builders import build_listing

STATES = "SELECT state FROM pg_stat_activity WHERE application_name = 'vitrine' AND datname = current_database()"


async def test_reading_begins_no_transaction_and_writing_does(
    begin: PostgresUnitOfWorkFactory, bystander: asyncpg.Connection
) -> None:
    listing = build_listing()
    async with begin() as tx:
        await tx.listings.find(listing.id)
        assert await bystander.fetchval(STATES) == "idle"
        await tx.listings.save(listing)
        assert await bystander.fetchval(STATES) == "idle in transaction"
        await tx.commit()
        assert await bystander.fetchval(STATES) == "idle"

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.memory.ids import SequentialIds
from adapters.postgres.engine import PostgresLimits, open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from entrypoints.media_consumers.media_consumer import postgres_repositories
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.lifecycle.side import Side

CONNECTIONS = 25


@pytest.fixture
async def side(postgres_dsn: str, tmp_path: Path) -> AsyncIterator[Side]:
    """Over PostgreSQL. Tasks beyond CONNECTIONS wait for their turn, longer than usual: machines of tests are busy."""
    limits = PostgresLimits(connections=CONNECTIONS)
    engine = open_engine(postgres_dsn, limits=limits)
    yield Side(
        tmp_path,
        PostgresUnitOfWorkFactory(engine, SequentialIds(), repositories=postgres_repositories(MEDIA_CONSUMERS)),
    )
    await engine.dispose()

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.memory.ids import SequentialIds
from adapters.postgres.engine import PostgresLimits, open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from entrypoints.media_consumers.media_consumer import postgres_repositories
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.lifecycle.side import Side

CONNECTIONS = 25
PATIENCE = timedelta(seconds=30)


@pytest.fixture
async def side(postgres_dsn: str, tmp_path: Path) -> AsyncIterator[Side]:
    """Over PostgreSQL. Fifty tasks wait for each other longer than usual: machines of tests are busy."""
    limits = PostgresLimits(connections=CONNECTIONS, wait_for_connection=PATIENCE, lock=PATIENCE)
    engine = open_engine(postgres_dsn, limits=limits)
    yield Side(
        tmp_path,
        PostgresUnitOfWorkFactory(engine, SequentialIds(), repositories=postgres_repositories(MEDIA_CONSUMERS)),
    )
    await engine.dispose()

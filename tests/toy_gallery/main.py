"""All of Vitrine in one process, with artworks: `python -m tests.toy_gallery.main`."""

import asyncio
import sys
from pathlib import Path

import asyncpg

from entrypoints.http.server import HttpServer
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from entrypoints.running import run_all
from entrypoints.settings import Settings
from entrypoints.stop_signal import StopSignal
from entrypoints.vitrine import open_vitrine
from tests.toy_gallery.registration import ARTWORKS

_TABLES = Path(__file__).with_name("tables.sql")


async def main() -> None:
    stop = StopSignal()
    stop.listen()
    async with open_vitrine(Settings.from_environment(), media_consumers=[*MEDIA_CONSUMERS, ARTWORKS]) as vitrine:
        # An embedded database is there only now, with the tables of Vitrine that these refer to.
        await create_tables(vitrine.services.database_url)
        await run_all(vitrine, started=started, stop=stop)


async def create_tables(database_url: str) -> None:
    connection = await asyncpg.connect(database_url, timeout=10, command_timeout=60)
    try:
        await connection.execute(_TABLES.read_text())
    finally:
        await connection.close(timeout=10)


async def started(server: HttpServer) -> None:
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())

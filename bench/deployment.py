"""Roles in processes of their own over Kafka, as they are deployed; each deployment with a database and topics of its
own, so that two of them can take turns.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from uuid import UUID

import asyncpg
import msgspec

from adapters.kafka.topics import create_topics
from bench.marketplace import Marketplace, open_marketplace
from bench.stage import Stage, as_environment
from entrypoints.kafka_messaging import kafka_cluster
from entrypoints.settings import Settings
from entrypoints.topic_plans import topic_plans
from tests.stack.role_process import RoleProcess

_LOOK_EVERY = 0.1
_PATIENCE = 300

_ENDED = "SELECT done + failed FROM listing_media_jobs WHERE id = $1"
_FAILED = "SELECT failed FROM listing_media_jobs WHERE id = $1"
_WORKED = """
SELECT extract(epoch FROM max(finished_at) - min(created_at)) FROM tasks WHERE job_id = $1 AND kind <> 'archive'
"""
_SETTLED = """
SELECT extract(epoch FROM batch.settled_at - job.created_at)
FROM listing_media_batches batch JOIN listing_media_jobs job ON job.batch_id = batch.id
WHERE job.id = $1 AND batch.status = 'READY'
"""

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    stage: Stage
    settings: Settings
    marketplace: Marketplace
    database: asyncpg.Connection

    @asynccontextmanager
    async def role(
        self, name: str, *arguments: str, cores: Collection[int] = (), **changed: object
    ) -> AsyncIterator[RoleProcess]:
        """`vitrine <arguments>` until the block ends, on these cores alone if some are named, with its children."""
        label = f"{self.settings.kafka_prefix}{name}"
        settings = msgspec.structs.replace(self.settings, work_dir=str(self.stage.folder / "roles" / label), **changed)
        process = RoleProcess(label, arguments, self.stage.folder, self._environment(settings))
        process.launch()
        if cores:
            # Before it has threads or children, which inherit it.
            os.sched_setaffinity(process.pid, cores)
        try:
            await process.answers("/readyz")
            yield process
        except Exception as error:
            error.add_note(process.log_tail())
            raise
        finally:
            await process.end(signal.SIGTERM)

    def _environment(self, settings: Settings) -> dict[str, str]:
        """Bytecode is kept for the process that starts next."""
        environment = as_environment(settings) | {"PYTHONPYCACHEPREFIX": str(self.stage.folder / "bytecode")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return environment

    async def worked(self, job_id: UUID, files: int) -> float:
        """Seconds from the commit of `complete` to the last file, once that is through."""
        await self._until(_ENDED, job_id, files)
        failed = await self.database.fetchval(_FAILED, job_id)
        if failed:
            raise RuntimeError(f"{failed} of {files} files failed")
        return float(await self.database.fetchval(_WORKED, job_id))

    async def settled(self, job_id: UUID) -> float:
        """Seconds from the commit of `complete` to READY, archive and all."""
        await self._until(_SETTLED, job_id, 0)
        return float(await self.database.fetchval(_SETTLED, job_id))

    async def _until(self, question: str, job_id: UUID, least: float) -> None:
        async with asyncio.timeout(_PATIENCE):
            while True:
                answer = await self.database.fetchval(question, job_id)
                if answer is not None and answer >= least:
                    return
                await asyncio.sleep(_LOOK_EVERY)


@asynccontextmanager
async def open_deployment(stage: Stage, kafka_servers: str, **changed: object) -> AsyncIterator[Deployment]:
    """Without any process yet. `changed` are settings."""
    dsn = await stage.fresh_database()
    settings = msgspec.structs.replace(
        stage.settings(dsn),
        kafka_servers=kafka_servers,
        kafka_prefix=f"bench-{os.getpid()}-{next(_numbers)}.",
        **changed,
    )
    await create_topics(kafka_cluster(settings), topic_plans(settings))
    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=60)
    try:
        async with open_marketplace(settings) as marketplace:
            yield Deployment(stage=stage, settings=settings, marketplace=marketplace, database=connection)
    finally:
        await connection.close(timeout=5)

"""Where the services are: those that the settings name, or embedded ones that we start."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.embedded.data_folder import default_data_dir
from adapters.embedded.open_folders import make_open_parents
from adapters.embedded.postgres import EmbeddedPostgres
from adapters.embedded.seaweedfs import EmbeddedObjectStore
from adapters.s3.address import BucketAddress
from entrypoints.settings import InvalidSettings, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """`bucket` as we reach it, `public_bucket` as clients do; the same unless a proxy stands between."""

    database_url: str
    bucket: BucketAddress
    public_bucket: BucketAddress


def local_folder(settings: Settings) -> Path:
    """Where the embedded services keep their data, whether it exists or not."""
    return settings.resolved_data_dir(default_data_dir(Path.cwd()))


def data_dir(settings: Settings) -> Path:
    """The folder of the embedded services, created if need be."""
    folder = local_folder(settings)
    make_open_parents(folder / "postgres")
    return folder


def given_services(settings: Settings, *, kafka: bool) -> Services:
    """Those of a deployment, `kafka` among them if asked. Raises InvalidSettings with everything that is missing."""
    needed = {
        "VITRINE_DATABASE_URL": settings.database_url,
        "VITRINE_S3_ENDPOINT_URL": settings.s3_endpoint_url,
        "VITRINE_S3_ACCESS_KEY": settings.s3_access_key,
        "VITRINE_S3_SECRET_KEY": settings.s3_secret_key,
    }
    if kafka:
        needed["VITRINE_KAFKA_SERVERS"] = settings.kafka_servers
    missing = [f"{name} is needed; `vitrine run` does without" for name, value in needed.items() if value is None]
    if missing:
        raise InvalidSettings(missing)
    bucket = _given_bucket(settings)
    return Services(
        database_url=str(settings.database_url),
        bucket=bucket,
        public_bucket=_at(bucket, settings.s3_public_url or bucket.endpoint_url),
    )


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Start what is not given. The embedded servers end with the block, and with this process however it ends."""
    postgres = EmbeddedPostgres(data_dir(settings) / "postgres") if settings.database_url is None else None
    objects = (
        EmbeddedObjectStore(data_dir(settings) / "objects", buckets=[settings.s3_bucket])
        if settings.s3_endpoint_url is None
        else None
    )
    async with AsyncExitStack() as stack:
        await _enter_all(stack, [server for server in (postgres, objects) if server is not None])
        bucket = _embedded_bucket(settings, objects) if objects is not None else _given_bucket(settings)
        yield Services(
            database_url=postgres.dsn if postgres is not None else str(settings.database_url),
            bucket=bucket,
            public_bucket=_at(bucket, settings.s3_public_url or bucket.endpoint_url),
        )


async def _enter_all(stack: AsyncExitStack, servers: list[EmbeddedPostgres | EmbeddedObjectStore]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for server in servers:
                group.create_task(stack.enter_async_context(server))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


def _embedded_bucket(settings: Settings, objects: EmbeddedObjectStore) -> BucketAddress:
    return BucketAddress(
        endpoint_url=objects.endpoint_url,
        bucket=settings.s3_bucket,
        region=objects.region,
        access_key=objects.access_key,
        secret_key=objects.secret_key,
    )


def _given_bucket(settings: Settings) -> BucketAddress:
    if settings.s3_access_key is None or settings.s3_secret_key is None or settings.s3_endpoint_url is None:
        raise InvalidSettings(["VITRINE_S3_ENDPOINT_URL also needs VITRINE_S3_ACCESS_KEY and VITRINE_S3_SECRET_KEY"])
    return BucketAddress(
        endpoint_url=settings.s3_endpoint_url,
        bucket=settings.s3_bucket,
        region=settings.s3_region,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
    )


def _at(bucket: BucketAddress, endpoint_url: str) -> BucketAddress:
    return BucketAddress(
        endpoint_url=endpoint_url,
        bucket=bucket.bucket,
        region=bucket.region,
        access_key=bucket.access_key,
        secret_key=bucket.secret_key,
    )

"""An S3 API for tests, with a bucket that takes and gives objects."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from botocore.exceptions import BotoCoreError, ClientError

from adapters.embedded.seaweedfs import EmbeddedObjectStore
from adapters.s3.address import BucketAddress
from adapters.s3.bucket import prepare_bucket
from adapters.s3.connection import open_s3
from domain.errors import Unavailable
from tests.services.docker_engine import no_engine, no_image, running
from tests.services.given_address import companion, not_given, usable
from tests.services.ladder import Ladder, Rung, nothing
from tests.system.waiting import eventually

URL = "VITRINE_TEST_S3_URL"
ACCESS_KEY = "VITRINE_TEST_S3_ACCESS_KEY"
SECRET_KEY = "VITRINE_TEST_S3_SECRET_KEY"
REGION = "VITRINE_TEST_S3_REGION"
BUCKET = "vitrine-test"

_REGION = "us-east-1"
_IMAGE = "chrislusf/seaweedfs:4.48"
_PORT = 8333
_COMMAND = (
    "mini -dir=/data -ip=127.0.0.1 -ip.bind=0.0.0.0 -s3.autoCreateBucket=false "
    "-admin.ui=false -webdav=false -master.telemetry=false -s3.port.iceberg=0 -s3.port.lance=0"
)
_READY_SECONDS = 30.0


@asynccontextmanager
async def _given() -> AsyncIterator[BucketAddress]:
    address = BucketAddress(
        endpoint_url=os.environ[URL],
        bucket=BUCKET,
        region=os.environ.get(REGION) or _REGION,
        access_key=companion(ACCESS_KEY, of=URL),
        secret_key=companion(SECRET_KEY, of=URL),
    )
    with usable(URL, Unavailable):
        await _create_bucket(address)
    yield address


@asynccontextmanager
async def _container() -> AsyncIterator[BucketAddress]:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import HttpWaitStrategy

    access_key, secret_key = secrets.token_hex(10), secrets.token_hex(20)
    container = (
        DockerContainer(_IMAGE)
        .with_command(_COMMAND)
        .with_envs(AWS_ACCESS_KEY_ID=access_key, AWS_SECRET_ACCESS_KEY=secret_key)
        .with_exposed_ports(_PORT)
        .waiting_for(HttpWaitStrategy(_PORT, "/healthz"))
    )
    async with running(container) as weed:
        address = BucketAddress(
            endpoint_url=f"http://{weed.get_container_host_ip()}:{weed.get_exposed_port(_PORT)}",
            bucket=BUCKET,
            region=_REGION,
            access_key=access_key,
            secret_key=secret_key,
        )
        await _create_bucket(address)
        yield address


@asynccontextmanager
async def _embedded() -> AsyncIterator[BucketAddress]:
    with TemporaryDirectory(prefix="vitrine-objects-") as folder:
        async with EmbeddedObjectStore(Path(folder), buckets=[BUCKET]) as server:
            yield BucketAddress(
                endpoint_url=server.endpoint_url,
                bucket=BUCKET,
                region=server.region,
                access_key=server.access_key,
                secret_key=server.secret_key,
            )


async def _create_bucket(address: BucketAddress) -> None:
    """Returns once it takes objects: SeaweedFS knows a bucket some time before it has volumes for it."""
    async with open_s3(address) as s3:
        await prepare_bucket(s3, cors_origins=[])

        async def takes_objects() -> bool:
            try:
                await s3.client.put_object(Bucket=address.bucket, Key=".ready", Body=b"ready")
            except (BotoCoreError, ClientError):
                return False
            return True

        await eventually(takes_objects, within=_READY_SECONDS, expecting=f"{address.endpoint_url} takes objects")


OBJECT_STORE = Ladder(
    service="S3",
    rungs=(
        Rung(name=f"S3 of {URL}", obstacle=partial(not_given, URL), open=_given),
        Rung(
            name="S3 SeaweedFS in Docker",
            obstacle=no_engine,
            prepare=partial(no_image, _IMAGE),
            open=_container,
        ),
        Rung(name="S3 SeaweedFS embedded", obstacle=nothing, open=_embedded),
    ),
)

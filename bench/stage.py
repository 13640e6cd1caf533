"""The services that everything is measured on: embedded ones, in a folder that goes away."""

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import msgspec

from adapters.s3.address import BucketAddress
from entrypoints.secrets import Secrets
from entrypoints.services import Services, open_services
from entrypoints.settings import PREFIX, Settings
from migrations.upgrade import upgrade

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Durable, as by default. `secrets` are shared with the processes that are started on it."""

    folder: Path
    services: Services
    secrets: Secrets

    @property
    def bucket(self) -> BucketAddress:
        return self.services.bucket

    async def fresh_database(self) -> str:
        """The DSN of a new, migrated database, so that no measurement sees another's rows."""
        name = f"bench_{next(_numbers)}"
        admin = await asyncpg.connect(self.services.database_url, timeout=10, command_timeout=60)
        try:
            await admin.execute(f"CREATE DATABASE {name}")
        finally:
            await admin.close(timeout=10)
        dsn = f"{self.services.database_url.rpartition('/')[0]}/{name}"
        await upgrade(dsn)
        return dsn

    @asynccontextmanager
    async def copy_of(self, database_url: str) -> AsyncIterator[str]:
        """The DSN of a database like that one, to which nobody is connected; dropped afterwards."""
        name, template = f"bench_{next(_numbers)}", database_url.rpartition("/")[2]
        admin = await asyncpg.connect(self.services.database_url, timeout=10, command_timeout=60)
        try:
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            yield f"{self.services.database_url.rpartition('/')[0]}/{name}"
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        finally:
            await admin.close(timeout=10)

    def settings(self, database_url: str) -> Settings:
        """Those of a process that finds its services running."""
        return Settings(
            work_dir=str(self.folder / "work"),
            port=0,
            database_url=database_url,
            s3_endpoint_url=self.bucket.endpoint_url,
            s3_bucket=self.bucket.bucket,
            s3_region=self.bucket.region,
            s3_access_key=self.bucket.access_key,
            s3_secret_key=self.bucket.secret_key,
            jwt_secret=self.secrets.jwt_secret,
            link_secret=self.secrets.link_secret.decode(),
            log_format="json",
        )


@asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    with _open_folder() as folder:
        settings = Settings(data_dir=str(folder / "data"))
        async with open_services(settings) as services:
            yield Stage(folder=folder, services=services, secrets=Secrets.of(settings))


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A folder that goes away; started by root, PostgreSQL runs as another user, who must get through."""
    with TemporaryDirectory(prefix="vitrine-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def as_environment(settings: Settings) -> dict[str, str]:
    """What `Settings.from_environment` reads back, beside what programs need to run at all."""
    given = {
        PREFIX + name.upper(): value if isinstance(value, str) else json.dumps(value)
        for name, value in msgspec.structs.asdict(settings).items()
        if value is not None
    }
    return {**{name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}, **given}

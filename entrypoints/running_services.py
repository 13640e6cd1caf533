"""The embedded services of a Vitrine that is running: another command beside it reaches them too."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import msgspec

from adapters.embedded.errors import DataFolderInUse
from adapters.embedded.private_files import write_private
from entrypoints.services import Services, local_folder, open_services
from entrypoints.settings import Settings

_FILE = "services.json"


@contextmanager
def announced(services: Services, folder: Path) -> Iterator[None]:
    """Write down for others of the same user how the services are reached; passwords are among it."""
    file = folder / _FILE
    write_private(file, msgspec.json.encode(services).decode())
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@asynccontextmanager
async def reach_services(settings: Settings) -> AsyncIterator[Services]:
    """As `open_services`; those of the Vitrine that holds the data folder, if one does. Raises DataFolderInUse when it
    has not told (yet) where they are.
    """
    async with AsyncExitStack() as stack:
        try:
            services = await stack.enter_async_context(open_services(settings))
        except DataFolderInUse:
            running = _told(local_folder(settings) / _FILE)
            if running is None:
                raise
            services = running
        yield services


def _told(file: Path) -> Services | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Services)
    except FileNotFoundError:
        return None

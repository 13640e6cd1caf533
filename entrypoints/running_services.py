"""The embedded services of a Vitrine that runs or has run: another command beside it reaches them too."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import msgspec

from adapters.embedded.errors import DataFolderInUse, EmbeddedServerError
from adapters.embedded.private_files import write_private
from entrypoints.secrets import LocalSecrets
from entrypoints.services import Services, local_folder, open_services
from entrypoints.settings import Settings

_FILE = "services.json"


class NeverRan(EmbeddedServerError):
    """There is no data folder to work on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"No server has run on {folder} yet: start `vitrine run` first, or call this in its folder and with its "
            "VITRINE_DATA_DIR."
        )
        self.folder = folder


def require_has_run(settings: Settings) -> None:
    """Raises NeverRan where the settings leave services to us, and no Vitrine has been there."""
    folder = local_folder(settings)
    if settings.embeds_services and LocalSecrets.known(folder) is None:
        raise NeverRan(folder)


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
    """As `open_services`, on a data folder that is there; those of the Vitrine that holds it, if one does. Raises
    NeverRan, and DataFolderInUse when it has not told (yet) where they are.
    """
    require_has_run(settings)
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

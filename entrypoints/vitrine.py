"""A process with everything open that its role needs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from entrypoints.container import Container
from entrypoints.media_consumers.media_consumer import MediaConsumer
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from entrypoints.resources import Resources, open_resources
from entrypoints.role import Role
from entrypoints.running_services import announced, reach_services
from entrypoints.services import Services, data_dir, given_services, open_services
from entrypoints.settings import Settings
from migrations.schema import bring_up_to_date, require_current


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitrine:
    """`container` is typed loosely: its attributes are providers."""

    settings: Settings
    services: Services
    resources: Resources
    container: Container


@asynccontextmanager
async def open_vitrine(
    settings: Settings, *, media_consumers: Sequence[MediaConsumer] = MEDIA_CONSUMERS
) -> AsyncIterator[Vitrine]:
    """The whole of it: start what is embedded, bring the schema up to date, open everything, wire it."""
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(open_services(settings))
        if settings.embeds_services:
            stack.enter_context(announced(services, data_dir(settings)))
        await bring_up_to_date(services.database_url)
        async with open_resources(settings, services, media_consumers=media_consumers) as resources:
            yield _wired(settings, services, resources)


@asynccontextmanager
async def open_role(
    settings: Settings, role: Role, *, media_consumers: Sequence[MediaConsumer] = MEDIA_CONSUMERS
) -> AsyncIterator[Vitrine]:
    """One role of a deployment, on services that the settings name and a schema that is there.

    Raises InvalidSettings, SchemaOutdated, Unavailable.
    """
    services = given_services(settings, kafka=role is not Role.API)
    await require_current(services.database_url)
    async with open_resources(settings, services, role, media_consumers=media_consumers) as resources:
        yield _wired(settings, services, resources)


@asynccontextmanager
async def open_auditor(
    settings: Settings, *, media_consumers: Sequence[MediaConsumer] = MEDIA_CONSUMERS
) -> AsyncIterator[Vitrine]:
    """Beside whatever runs: on the services that the settings name, or on the embedded ones of a running Vitrine.

    Raises InvalidSettings, NeverRan, SchemaOutdated, Unavailable.
    """
    async with _open_beside(settings, Role.AUDITOR, media_consumers) as vitrine:
        yield vitrine


@asynccontextmanager
async def open_seeder(
    settings: Settings, *, media_consumers: Sequence[MediaConsumer] = MEDIA_CONSUMERS
) -> AsyncIterator[Vitrine]:
    """As `open_auditor`, for one that takes uploads."""
    async with _open_beside(settings, Role.SEEDER, media_consumers) as vitrine:
        yield vitrine


@asynccontextmanager
async def _open_beside(
    settings: Settings, role: Role, media_consumers: Sequence[MediaConsumer]
) -> AsyncIterator[Vitrine]:
    async with reach_services(settings) as services:
        await require_current(services.database_url)
        async with open_resources(settings, services, role, media_consumers=media_consumers) as resources:
            yield _wired(settings, services, resources)


def wire(settings: Settings, resources: Resources) -> Container:
    """Raises when a dependency of the graph is missing or of the wrong kind."""
    container = Container(settings=settings, resources=resources)
    container.check_dependencies()
    return container


def _wired(settings: Settings, services: Services, resources: Resources) -> Vitrine:
    return Vitrine(settings=settings, services=services, resources=resources, container=wire(settings, resources))

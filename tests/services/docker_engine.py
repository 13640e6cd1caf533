import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from tests.services.ladder import Obstacle

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

    Container = TypeVar("Container", bound=DockerContainer)

_ANSWER_SECONDS = 5.0


@cache
def no_engine() -> Obstacle:
    """Asked of the client, not of testcontainers: that takes a second to import, in every worker of pytest."""
    client = shutil.which("docker")
    if client is None:
        return "there is no Docker"
    question = (client, "version", "--format", "{{.Server.Version}}")
    try:
        answer = subprocess.run(question, capture_output=True, timeout=_ANSWER_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "the Docker engine does not answer"
    return None if answer.returncode == 0 else "no Docker engine runs"


@cache
def no_image(image: str) -> Obstacle:
    """Pull `image` unless it is here."""
    import docker.errors
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.docker_client import DockerClient

    name = testcontainers_config.hub_image_name_prefix + image
    client = DockerClient().client
    try:
        client.images.get(name)
    except docker.errors.ImageNotFound:
        try:
            client.images.pull(name)
        except docker.errors.APIError as error:
            return f"Docker cannot pull {name}: {error.explanation or error}"
    finally:
        client.close()
    return None


@asynccontextmanager
async def running(container: "Container") -> AsyncIterator["Container"]:
    """Started and stopped on a thread: testcontainers waits by sleeping. Its reaper ends what a kill leaves behind."""
    try:
        await asyncio.to_thread(container.start)
        yield container
    finally:
        await asyncio.to_thread(container.stop)

"""Two Vitrines, the program itself with everything embedded: one for most tests, one to be killed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.system.backstage import Backstage, open_backstage
from tests.system.marketplace import Marketplace, open_marketplace
from tests.system.mortal import Mortal
from tests.system.vitrine_process import VitrineProcess, running_vitrine

MIB = 1024 * 1024


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compiled once for all starts of the session."""
    return tmp_path_factory.mktemp("bytecode")


@pytest.fixture(scope="session")
async def vitrine(bytecode: Path) -> AsyncIterator[VitrineProcess]:
    """Shared: tests differ by listing."""
    settings = {"multipart_above": str(6 * MIB), "part_size": str(5 * MIB), "sweep_every": "1"}
    async with running_vitrine(bytecode, **settings) as vitrine:
        yield vitrine


@pytest.fixture(scope="session")
async def marketplace(vitrine: VitrineProcess) -> AsyncIterator[Marketplace]:
    async with open_marketplace(vitrine.url) as marketplace:
        yield marketplace


@pytest.fixture(scope="session")
async def backstage(vitrine: VitrineProcess) -> AsyncIterator[Backstage]:
    async with open_backstage(vitrine) as backstage:
        yield backstage


@pytest.fixture(scope="session")
async def killed_vitrine(bytecode: Path) -> AsyncIterator[VitrineProcess]:
    """Notices within two seconds that a worker is gone, and gives up after three attempts."""
    async with running_vitrine(bytecode, lease="2", sweep_every="1", decoders="1", max_attempts="3") as vitrine:
        yield vitrine


@pytest.fixture
async def mortal(killed_vitrine: VitrineProcess) -> AsyncIterator[Mortal]:
    """Running when a test begins, whatever the one before did to it."""
    mortal = Mortal(killed_vitrine)
    try:
        await mortal.live()
        yield mortal
    finally:
        await mortal.close()

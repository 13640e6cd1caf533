"""Two Vitrines, the program itself with everything embedded: one for most tests, one to be killed."""

from collections.abc import AsyncIterator, Generator

import pytest

from tests.system.backstage import Backstage, open_backstage
from tests.system.marketplace import Marketplace, open_marketplace
from tests.system.mortal import Mortal
from tests.system.mortals import Mortals
from tests.system.vitrine_process import VitrineProcess, running_vitrine

MIB = 1024 * 1024
SITES = "127.0.0.1/32"
"""Where sites of strangers are, in tests."""
_FAILED = pytest.StashKey[bool]()
_LAST = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
async def vitrine() -> AsyncIterator[VitrineProcess]:
    """Shared: tests differ by listing."""
    settings = {
        "multipart_above": str(6 * MIB),
        "part_size": str(5 * MIB),
        "sweep_every": "1",
        "web_allowed_networks": SITES,
    }
    async with running_vitrine(**settings) as vitrine:
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
async def mortals() -> AsyncIterator[Mortals]:
    """They notice within two seconds that a worker is gone, and give up after three attempts."""
    async with Mortals(lease="2", sweep_every="1", max_attempts="3", web_allowed_networks=SITES) as mortals:
        yield mortals


@pytest.fixture
async def mortal(mortals: Mortals, request: pytest.FixtureRequest) -> AsyncIterator[Mortal]:
    """Running when a test begins, whatever the one before did to it."""
    mortal, passed = Mortal(await mortals.current()), False
    try:
        await mortal.live()
        yield mortal
        passed = not request.node.stash.get(_FAILED, False)
    finally:
        await mortal.close()
        if not passed or request.node.stash[_LAST]:
            await mortals.give_up()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    item.stash[_LAST] = "mortal" not in getattr(nextitem, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report

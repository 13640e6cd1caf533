"""One running Vitrine for the commands, with a gate before its store. Its upload URLs live for seconds."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.entrypoints.cli.program import Program
from tests.entrypoints.cli.store_gate import StoreGate, open_gate
from tests.system.vitrine_process import JWT_SECRET, VitrineProcess, running_vitrine

MIB = 1024 * 1024
URL_LIFETIME = 4


@pytest.fixture(scope="session")
async def store_gate() -> AsyncIterator[StoreGate]:
    async with open_gate() as gate:
        yield gate


@pytest.fixture(scope="session")
async def cli_vitrine(store_gate: StoreGate) -> AsyncIterator[VitrineProcess]:
    """Shared: tests differ by listing."""
    settings = {
        "s3_public_url": store_gate.url,
        "upload_url_lifetime": str(URL_LIFETIME),
        "multipart_above": str(6 * MIB),
        "part_size": str(5 * MIB),
    }
    async with running_vitrine(**settings) as vitrine:
        options = [argument for argument in vitrine.family.object_store().cmdline() if argument.startswith("-s3.port=")]
        store_gate.target = int(options[0].partition("=")[2])
        yield vitrine


@pytest.fixture
def gate(store_gate: StoreGate) -> Iterator[StoreGate]:
    store_gate.forget()
    yield store_gate
    store_gate.open()


@pytest.fixture
def program(cli_vitrine: VitrineProcess, tmp_path: Path) -> Program:
    return program_for(cli_vitrine, tmp_path)


def program_for(vitrine: VitrineProcess, at: Path) -> Program:
    """Knows the server as it would on the same machine: by the same settings."""
    return Program(at, data_dir=str(vitrine.data), port=str(vitrine.port), jwt_secret=JWT_SECRET)

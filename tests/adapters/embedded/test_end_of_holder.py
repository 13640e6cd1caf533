"""However a holder ends, no server stays and the next start finds the data."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from adapters.embedded import DataFolderInUse, EmbeddedObjectStore, EmbeddedPostgres
from tests.adapters.embedded.holder import Kind, end, gone_within, holder, server_on, servers_on

KINDS: tuple[Kind, ...] = ("postgres", "objects")


def an_instance(kind: Kind, folder: Path) -> EmbeddedPostgres | EmbeddedObjectStore:
    if kind == "postgres":
        return EmbeddedPostgres(folder, durable=False)
    return EmbeddedObjectStore(folder, buckets=["vitrine"])


@pytest.fixture
def started_dir(request: pytest.FixtureRequest, data_dir: Path, kind: Kind) -> Path:
    """A data folder that has been started on before, if that saves time."""
    if kind == "postgres":
        request.getfixturevalue("copy_postgres")(data_dir)
    return data_dir


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("kind", KINDS)
async def test_the_folder_can_be_started_again_at_once(started_dir: Path, kind: Kind, number: signal.Signals) -> None:
    with holder(kind, started_dir) as process:
        server = server_on(started_dir)
        assert os.getsid(server.pid) == server.pid  # Ctrl-C in a terminal does not reach it
        end(process, number)
        async with an_instance(kind, started_dir):
            assert server not in servers_on(started_dir)
    assert gone_within(0, started_dir)


@pytest.mark.parametrize("kind", KINDS)
async def test_without_a_death_signal_the_next_start_stops_the_leftover(started_dir: Path, kind: Kind) -> None:
    with holder(kind, started_dir, death_signal="unknown") as process:
        leftover = server_on(started_dir)
        end(process, signal.SIGKILL)
        await asyncio.sleep(0.1)
        assert leftover.is_running()
        async with an_instance(kind, started_dir):
            assert leftover not in servers_on(started_dir)


@pytest.mark.parametrize("kind", KINDS)
async def test_another_process_is_refused_and_a_death_leaves_neither_server_nor_output(
    started_dir: Path, kind: Kind
) -> None:
    with holder(kind, started_dir) as process:
        with pytest.raises(DataFolderInUse, match=str(process.pid)):
            await an_instance(kind, started_dir).__aenter__()
        end(process, signal.SIGTERM)
        assert gone_within(10, started_dir)
        assert process.stdout is not None
        assert process.stdout.read() == ""

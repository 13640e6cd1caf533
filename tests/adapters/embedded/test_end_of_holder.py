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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("kind", KINDS)
async def test_the_folder_can_be_started_again_at_once(data_dir: Path, kind: Kind, number: signal.Signals) -> None:
    with holder(kind, data_dir) as process:
        server = server_on(data_dir)
        assert os.getsid(server.pid) == server.pid  # Ctrl-C in a terminal does not reach it
        end(process, number)
        async with an_instance(kind, data_dir):
            assert server not in servers_on(data_dir)
    assert gone_within(0, data_dir)


@pytest.mark.parametrize("kind", KINDS)
async def test_without_a_death_signal_the_next_start_stops_the_leftover(data_dir: Path, kind: Kind) -> None:
    with holder(kind, data_dir, death_signal="unknown") as process:
        leftover = server_on(data_dir)
        end(process, signal.SIGKILL)
        await asyncio.sleep(0.1)
        assert leftover.is_running()
        async with an_instance(kind, data_dir):
            assert leftover not in servers_on(data_dir)


@pytest.mark.parametrize("kind", KINDS)
async def test_another_process_is_refused_and_a_death_leaves_neither_server_nor_output(
    data_dir: Path, kind: Kind
) -> None:
    with holder(kind, data_dir) as process:
        with pytest.raises(DataFolderInUse, match=str(process.pid)):
            await an_instance(kind, data_dir).__aenter__()
        end(process, signal.SIGTERM)
        assert gone_within(10, data_dir)
        assert process.stdout is not None
        assert process.stdout.read() == ""

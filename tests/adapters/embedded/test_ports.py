import socket
from pathlib import Path

import pytest

from adapters.embedded import ServerStartFailed
from adapters.embedded.ports import are_free, free_ports, start_on_free_ports


def test_chosen_ports_differ_and_can_be_listened_on() -> None:
    ports = free_ports(10)
    assert len(set(ports)) == 10
    for port in ports:
        socket.create_server(("127.0.0.1", port)).close()


def test_one_taken_port_spoils_the_choice() -> None:
    [port, other] = free_ports(2)
    with socket.create_server(("127.0.0.1", port)):
        assert not are_free([other, port])
    assert are_free([other, port])


async def test_a_failure_that_is_not_the_ports_is_not_tried_again() -> None:
    attempts = 0

    async def fail(_: object) -> None:
        nonlocal attempts
        attempts += 1
        raise ServerStartFailed("a server", "ended", Path("log"), "")

    with pytest.raises(ServerStartFailed):
        await start_on_free_ports(lambda: free_ports(1), fail)
    assert attempts == 1


async def test_a_thief_of_every_port_is_not_fought_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as thief:
        tried: list[int] = []

        async def fail(ports: object) -> None:
            tried.append(1)
            raise ServerStartFailed("a server", "ended", Path("log"), "")

        with pytest.raises(ServerStartFailed):
            await start_on_free_ports(lambda: [thief.getsockname()[1]], fail)
        assert len(tried) == 5

import os
from pathlib import Path

import pytest

from adapters.embedded import weed_ports
from adapters.embedded.accounts import unprivileged_account


def test_the_ports_of_the_last_time_come_first_and_what_a_kill_left_on_them_is_removed(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weed_ports, "_SOCKETS", data_dir)
    ports = weed_ports.choose_ports(data_dir)
    socket, other = (data_dir / f"seaweedfs-filer-grpc-{port}.sock" for port in (ports[0], 1))
    socket.touch()
    other.touch()
    assert weed_ports.choose_ports(data_dir) == ports
    assert not socket.exists()
    assert other.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave a file as another user")
def test_ports_on_which_another_user_left_a_socket_are_not_chosen(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = unprivileged_account()
    assert account is not None
    monkeypatch.setattr(weed_ports, "_SOCKETS", data_dir)
    ports = weed_ports.choose_ports(data_dir)
    (data_dir / f"seaweedfs-filer-grpc-{ports[0]}.sock").touch()
    data_dir.chmod(0o1777)
    os.chown(data_dir / "ports.json", account.uid, account.gid)
    os.seteuid(account.uid)
    try:
        assert ports[0] not in weed_ports.choose_ports(data_dir)
    finally:
        os.seteuid(0)

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters.embedded.errors import ServerStartFailed
from adapters.embedded.ports import are_free, free_ports
from adapters.embedded.private_files import write_private

PORT_FLAGS = (
    "s3.port",
    "s3.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "master.port",
    "master.port.grpc",
    # The admin server takes its ports even without its pages.
    "admin.port",
    "admin.port.grpc",
)

# SeaweedFS opens a Unix socket beside every gRPC port, at this fixed place, and dials it rather than the port.
_SOCKETS = Path("/tmp")  # noqa: S108  # not ours to choose
_ROUNDS = 20


def choose_ports(folder: Path) -> list[int]:
    """Free ports in the order of PORT_FLAGS, the ones of the last time if possible.

    URLs that were handed out then stay good over a restart.
    """
    record = folder / "ports.json"
    for ports in _candidates(record):
        if are_free(ports) and remove_sockets(ports):
            write_private(record, json.dumps(ports))
            return ports
    raise ServerStartFailed("SeaweedFS", "found no free ports", record, "")


def remove_sockets(ports: Sequence[int]) -> bool:
    """Remove the sockets that a killed server left; False when one of them is another user's.

    Call it while nothing listens on `ports`: a server on such a port could neither open its socket nor do without.
    """
    endings = tuple(f"-grpc-{port}.sock" for port in ports)
    try:
        for socket in _SOCKETS.glob("seaweedfs-*-grpc-*.sock"):
            if socket.name.endswith(endings):
                socket.unlink(missing_ok=True)
    except PermissionError:
        return False
    return True


def _candidates(record: Path) -> Iterator[list[int]]:
    if record.exists():
        last: list[int] = json.loads(record.read_text(encoding="utf-8"))
        if len(last) == len(PORT_FLAGS):
            yield last
    for _ in range(_ROUNDS):
        yield free_ports(len(PORT_FLAGS))

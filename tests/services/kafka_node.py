import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.embedded.ports import LOOPBACK
from adapters.embedded.server_process import ServerCommand
from tests.services.java import Java

STOP_SECONDS = 30.0
"""What a broker may take to stop in good order; then it is killed."""

_CLUSTER = "dml0cmluZS10ZXN0cy0xMQ"  # any 16 bytes in base64
_PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "listener.security.protocol.map": "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "CLIENTS",
    "controller.listener.names": "CONTROLLER",
    # A misspelt topic is to be noticed.
    "auto.create.topics.enable": "false",
    # A group is complete as soon as somebody joins it.
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # The same node is taken back after a kill only once its old session is over.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # One user, and tests that need the cores.
    "num.network.threads": "2",
    "num.io.threads": "2",
    "background.threads": "2",
    "num.recovery.threads.per.data.dir": "1",
}
# The quick compiler alone halves the work of a start, and no test runs long enough to profit from the other.
_FLAGS = ("-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Dlog4j2.level=WARN")


def class_archive(jars: Path, java: Java) -> Path:
    """Kafka's classes as this very JVM has them in memory: with them a start takes two thirds of the work."""
    return jars / f"java-{java.version}.jsa"


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaNode:
    """The files of one broker, below a folder that we hold, and the programs that serve them."""

    folder: Path
    java: Java
    jars: Path
    flags: Sequence[str] = ()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def pid_file(self) -> Path:
        return self.folder / "kafka.pid"

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def configure(self, *, port: int, controller_port: int) -> None:
        properties = _PROPERTIES | {
            "listeners": f"CLIENTS://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}",
            "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
            "log.dirs": str(self.data),
        }
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))

    def formatting(self) -> ServerCommand:
        """Gives the data folder its identity; without harm to one that has it."""
        arguments = ("format", "--ignore-formatted", "--cluster-id", _CLUSTER, "--config")
        return self._command("Kafka (format)", "kafka.tools.StorageTool", *arguments)

    def serving(self) -> ServerCommand:
        return self._command("Kafka", *self.flags, "kafka.Kafka")

    def _command(self, name: str, *program: str) -> ServerCommand:
        archive = class_archive(self.jars, self.java)
        recorded = (f"-XX:SharedArchiveFile={archive}",) if archive.exists() else ()
        classpath = os.pathsep.join(map(str, sorted(self.jars.glob("*.jar"))))
        return ServerCommand(
            name=name,
            argv=(self.java.program, *_FLAGS, *recorded, "-cp", classpath, *program, str(self._properties)),
            folder=self.folder,
            environment={"LC_ALL": "C", "PATH": os.defpath},
            log=self.folder / "kafka.log",
            pid_file=self.pid_file,
            # What was acknowledged is in the kernel's hands: a kill loses nothing.
            death_signal=signal.SIGKILL,
            stop_steps=((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5.0)),
        )

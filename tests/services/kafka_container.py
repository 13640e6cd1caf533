"""Apache Kafka's own image in Docker: KafkaContainer of testcontainers knows that of Confluent alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.services.docker_engine import running
from tests.services.kafka_jars import VERSION

IMAGE = f"apache/kafka:{VERSION}"
_PORT = 9092
_SCRIPT = "/tmp/start-kafka.sh"
_ENVIRONMENT = {
    "KAFKA_NODE_ID": "1",
    "KAFKA_PROCESS_ROLES": "broker,controller",
    "KAFKA_LISTENERS": f"CLIENTS://:{_PORT},BROKER://:9093,CONTROLLER://:9094",
    "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CLIENTS:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "KAFKA_INTER_BROKER_LISTENER_NAME": "BROKER",
    "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9094",
    "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
    "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "4",
    "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
    "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
    "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
}


@asynccontextmanager
async def kafka_container() -> AsyncIterator[str]:
    """The address of a broker.

    A broker has to tell its clients where it is, and learns that once Docker has mapped the port: the container
    waits for the script that says so.
    """
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    wait_for_script = f"until [ -s {_SCRIPT} ]; do sleep 0.1; done; exec sh {_SCRIPT}"
    container = (
        DockerContainer(IMAGE)
        .with_envs(**_ENVIRONMENT)
        .with_exposed_ports(_PORT)
        .with_command(["sh", "-c", wait_for_script])
    )
    async with running(container) as kafka:
        servers = f"{kafka.get_container_host_ip()}:{kafka.get_exposed_port(_PORT)}"
        script = (
            f"export KAFKA_ADVERTISED_LISTENERS=CLIENTS://{servers},BROKER://localhost:9093\n"
            "exec /etc/kafka/docker/run\n"
        )
        await asyncio.to_thread(kafka.copy_into_container, script.encode(), _SCRIPT)
        await asyncio.to_thread(LogMessageWaitStrategy("Kafka Server started").wait_until_ready, kafka)
        yield servers

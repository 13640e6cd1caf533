from contextlib import suppress

from aiokafka.admin import AIOKafkaAdminClient

from adapters.kafka.bounded import within
from adapters.kafka.cluster import KafkaCluster
from adapters.kafka.errors import NO_ANSWER, unavailable

_SECONDS = 2.5


async def ping(cluster: KafkaCluster) -> None:
    """Ask any broker who is there. Raises Unavailable."""
    admin = AIOKafkaAdminClient(**cluster.client("vitrine-ping"), request_timeout_ms=int(_SECONDS * 1000))
    try:
        await within(_SECONDS, _ask(admin))
    except NO_ANSWER as error:
        raise unavailable(error) from error
    finally:
        with suppress(*NO_ANSWER):
            await within(_SECONDS, admin.close())


async def _ask(admin: AIOKafkaAdminClient) -> None:
    await admin.start()
    await admin.describe_cluster()

import asyncio

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError


async def answers(servers: str, *, within: float) -> bool:
    """Whether one of `servers` tells of a broker that takes requests. Bounded, unlike aiokafka's own waits."""
    client = AIOKafkaClient(bootstrap_servers=servers)
    try:
        async with asyncio.timeout(within):
            await client.bootstrap()
            return bool(client.cluster.brokers())
    except (KafkaError, TimeoutError):
        return False
    finally:
        await client.close()

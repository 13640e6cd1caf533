from hashlib import sha256

from application.ports.storage import ObjectStore
from domain.checksum import Checksum


async def measure(store: ObjectStore, key: str) -> tuple[int, Checksum]:
    """How many bytes really lie there, and their SHA-256: all are read, none is kept.

    Raises ObjectNotFound, Unavailable.
    """
    size, digest = 0, sha256()
    async with store.read(key) as chunks:
        async for chunk in chunks:
            size += len(chunk)
            digest.update(chunk)
    return size, Checksum(digest.digest())

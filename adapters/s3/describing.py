from collections.abc import Mapping
from http import HTTPStatus

from adapters.s3.requests import SignedRequests
from application.ports.storage import StoredObject
from domain.checksum import Checksum, InvalidChecksum


async def describe(requests: SignedRequests, key: str) -> StoredObject | None:
    answer = await requests.send("HEAD", key, headers={"x-amz-checksum-mode": "ENABLED"})
    if answer.status == HTTPStatus.NOT_FOUND:
        return None
    answer.require_ok(f"HEAD {key}")
    return StoredObject(
        key=key,
        size=int(answer.headers["Content-Length"]),
        etag=answer.etag,
        content_type=answer.headers.get("Content-Type", ""),
        checksum=checksum_in(answer.headers),
    )


def checksum_in(headers: Mapping[str, str]) -> Checksum | None:
    """The SHA-256 of the whole object, where the store has it.

    An object from parts may carry "<hash of the parts' hashes>-<parts>", which says nothing of its bytes.
    """
    value = headers.get("x-amz-checksum-sha256", "")
    try:
        return Checksum.parse(value) if value else None
    except InvalidChecksum:
        return None

from adapters.s3.describing import describe
from adapters.s3.errors import StoreRefused
from adapters.s3.requests import SignedRequests
from adapters.s3.sigv4 import encode_path
from application.ports.storage import ObjectChanged, ObjectNotFound, StoredObject


async def copy(
    requests: SignedRequests, bucket: str, source: str, to: str, *, content_type: str, if_match: str | None
) -> StoredObject:
    """CopyObject: the bytes do not leave the store. Raises ObjectNotFound, ObjectChanged, Unavailable."""
    action = f"copy {source} to {to}"
    described = await describe(requests, source)
    size = described.size if described else 0
    condition = {} if if_match is None else {"x-amz-copy-source-if-match": f'"{if_match}"'}
    answer = await requests.send(
        "PUT",
        to,
        headers={
            "content-type": content_type,
            "x-amz-copy-source": encode_path(f"{bucket}/{source}"),
            "x-amz-metadata-directive": "REPLACE",
            **condition,
        },
        size=size,
        # A store may say nothing until it is done.
        silence=requests.timeouts.for_size(size),
    )
    if answer.code == "NoSuchKey":
        raise ObjectNotFound(source)
    if answer.code == "PreconditionFailed":
        raise ObjectChanged(source)
    answer.require_ok(action)
    copied = await describe(requests, to)
    if copied is None:
        raise StoreRefused(action, status=answer.status, reason="did not keep it")
    return copied

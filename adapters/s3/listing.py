"""ListObjectsV2, read by ourselves: botocore holds the event loop for 150 ms a page, this for some 10."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET

from adapters.s3.requests import SignedRequests
from adapters.s3.sigv4 import encode_value
from application.ports.storage import ListedObject
from domain.errors import Unavailable


@dataclass(frozen=True, slots=True)
class _Page:
    """`token` asks for the next one, and is None on the last."""

    objects: list[ListedObject]
    token: str | None


async def listing(requests: SignedRequests, prefix: str, *, page_size: int) -> AsyncIterator[ListedObject]:
    """All objects below the prefix, `page_size` (1000 at most) a request. Raises Unavailable.

    No key of ours is another's folder: where `a` and `a/b` both exist, SeaweedFS may skip what follows a page's end.
    """
    token: str | None = None
    while True:
        page = _read(await requests.fetch("", query=_query(prefix, page_size, token)))
        for listed in page.objects:
            yield listed
        token = page.token
        if token is None:
            return


def _query(prefix: str, page_size: int, token: str | None) -> str:
    # Encoded keys, because XML has no place for some of the characters that a key may have.
    continued = f"continuation-token={encode_value(token)}&" if token else ""
    return f"{continued}encoding-type=url&list-type=2&max-keys={page_size}&prefix={encode_value(prefix)}"


def _read(document: bytes) -> _Page:
    """Anything else than a listing raises Unavailable: it must not pass for an empty one."""
    try:
        page = ET.fromstring(document)  # noqa: S314 (from our own store, and expat bounds expansion)
        texts = _texts(page)
        encoded = texts.get("EncodingType") == "url"
        objects = [_object(_texts(entry), encoded=encoded) for entry in page if _name(entry) == "Contents"]
        token = texts["NextContinuationToken"] if texts["IsTruncated"] == "true" else None
    except (ET.ParseError, KeyError, ValueError) as error:
        raise Unavailable(f"the object store answers no listing: {error!r}") from error
    return _Page(objects, token)


def _object(texts: dict[str, str], *, encoded: bool) -> ListedObject:
    return ListedObject(
        key=unquote_plus(texts["Key"]) if encoded else texts["Key"],
        size=int(texts["Size"]),
        etag=texts["ETag"].strip('"'),
        modified_at=datetime.fromisoformat(texts["LastModified"]),
    )


def _texts(parent: ET.Element) -> dict[str, str]:
    return {_name(child): child.text or "" for child in parent}


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]

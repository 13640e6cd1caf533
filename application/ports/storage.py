"""The object store, as the application sees it.

Keys are ours, never a client's. All calls raise `Unavailable` when the store does not
answer in time; all may be repeated.
"""

from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeAlias

from domain.checksum import Checksum
from domain.errors import Conflict, NotFound

Bytes: TypeAlias = bytes | memoryview


class ObjectNotFound(NotFound):
    code = "OBJECT_NOT_FOUND"

    def __init__(self, key: str) -> None:
        super().__init__(f"no object {key}")
        self.key = key


class ObjectChanged(Conflict):
    code = "OBJECT_CHANGED"

    def __init__(self, key: str) -> None:
        super().__init__(f"object {key} is another one by now")
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """What the store says of an object. `checksum` is None when the store holds none for it."""

    key: str
    size: int
    etag: str
    content_type: str
    checksum: Checksum | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedObject:
    """What a listing says of an object. `modified_at` in UTC, to the second in some stores."""

    key: str
    size: int
    etag: str
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What was read, measured while it streamed. `head` is the first 4 KiB at most."""

    size: int
    checksum: Checksum
    crc32: int
    head: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedUpload:
    """A PUT that the store accepts only with exactly these headers and these bytes."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedPart:
    """`number` counts from 1; `etag` without quotes."""

    number: int
    etag: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenUpload:
    """A multipart upload that was neither completed nor aborted."""

    key: str
    upload_id: str
    began_at: datetime


class UrlSigner(Protocol):
    """Makes URLs that carry their own permission. Pure computation, microseconds each, no network."""

    @abstractmethod
    def put(
        self,
        key: str,
        *,
        content_type: str,
        size: int,
        checksum: Checksum,
        now: datetime,
        expires_in: timedelta,
    ) -> SignedUpload:
        """Sign one PUT; content type, length and SHA-256 are part of the signature."""

    @abstractmethod
    def part(
        self, key: str, *, upload_id: str, number: int, size: int, now: datetime, expires_in: timedelta
    ) -> SignedUpload:
        """Sign one part of a multipart upload; its length is part of the signature."""

    @abstractmethod
    def get(self, key: str, *, now: datetime, expires_in: timedelta, download_as: str | None = None) -> str:
        """Sign one GET. `download_as` makes the store answer `Content-Disposition: attachment` with that name."""


class ObjectStore(Protocol):
    """Reads and writes whole objects of one bucket."""

    @abstractmethod
    async def head(self, key: str) -> StoredObject | None:
        """Describe the object, or None when there is none."""

    @abstractmethod
    async def download(self, key: str, to: Path) -> Received:
        """Stream the object into a new file at `to`, hashing on the way. Raises ObjectNotFound."""

    @abstractmethod
    def read(self, key: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Stream the object in chunks of at most 1 MiB. Raises ObjectNotFound on entering."""

    @abstractmethod
    async def read_start(self, key: str, *, at_most: int) -> bytes:
        """The first bytes of the object, a few MiB at most; all of it when it has no more. Raises ObjectNotFound."""

    @abstractmethod
    async def upload(self, key: str, source: Path, *, content_type: str) -> StoredObject:
        """Write the file; return once the store has confirmed its SHA-256. Overwrites."""

    @abstractmethod
    async def put(self, key: str, body: bytes, *, content_type: str, checksum: Checksum) -> StoredObject:
        """Write a few MiB; return once the store has confirmed their SHA-256. Overwrites.

        Raises Unavailable, with nothing written, when `checksum` is not that of `body`.
        """

    @abstractmethod
    async def copy(self, source: str, to: str, *, content_type: str, if_match: str | None = None) -> StoredObject:
        """Copy within the store, 5 GiB at most, under a content type of its own; onto itself changes that alone.

        The copy has the checksum that the source has. Raises ObjectNotFound, and with nothing written ObjectChanged
        where the ETag of the source is not `if_match`. Overwrites.
        """

    @abstractmethod
    def listing(self, prefix: str) -> AsyncIterator[ListedObject]:
        """All objects whose keys begin with `prefix`, a page at a time, in the order of their keys.

        What is written or deleted meanwhile may be seen or not; the rest is seen once. A store that keeps folders
        goes through `a/` when its turn is at `a`, and so before `a-b`.
        """

    @abstractmethod
    async def delete(self, keys: Sequence[str]) -> None:
        """Remove objects; those that do not exist are no error."""


class MultipartUploads(Protocol):
    """Uploads in parts: by a client over signed URLs, or by us with `put`."""

    @abstractmethod
    async def begin(self, key: str, *, content_type: str, by_client: bool = False) -> str:
        """Open an upload and return its id: its parts come by `put`, or over the URLs of a client."""

    @abstractmethod
    async def put(self, key: str, *, upload_id: str, number: int, body: Bytes) -> UploadedPart:
        """Write one part (5 MiB at least, but for the last). The store verifies its checksum.

        `body` may be used for something else as soon as this has returned.
        """

    @abstractmethod
    async def parts(self, key: str, *, upload_id: str) -> Sequence[UploadedPart]:
        """What has arrived, by number; empty when the upload is unknown."""

    @abstractmethod
    async def complete(self, key: str, *, upload_id: str, parts: Sequence[UploadedPart]) -> StoredObject | None:
        """Assemble the object. None when the store refuses the parts (unknown upload, wrong ETag, a part too small)."""

    @abstractmethod
    async def abort(self, key: str, *, upload_id: str) -> None:
        """Forget the upload and its parts. An unknown upload is no error."""

    @abstractmethod
    def opened(self, prefix: str) -> AsyncIterator[OpenUpload]:
        """Those that are open below `prefix`, in any order. Aborting them meanwhile spoils nothing."""

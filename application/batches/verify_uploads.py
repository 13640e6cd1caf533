"""Does the store hold what was announced? Asked of many objects at a time, before anything changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from application.concurrency import map_bounded
from application.ports.storage import MultipartUploads, ObjectStore, StoredObject, UploadedPart
from domain.assets.asset import Asset, MultipartUpload
from domain.assets.failure import FailureCode
from domain.errors import Violation

_AT_ONCE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedUpload:
    """What a client says it has uploaded. `parts` maps part numbers to ETags, for a multipart upload.

    `etag` is None for a client that was interrupted before it read the store's answer: size and checksum decide.
    """

    client_id: str
    etag: str | None
    parts: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCheck:
    """`etag` when the object is as announced; otherwise what is `missing` or different."""

    asset: Asset
    etag: str | None = None
    missing: Violation | None = None
    mismatches: Sequence[Violation] = ()


class VerifyUploads:
    def __init__(self, *, store: ObjectStore, multipart: MultipartUploads) -> None:
        self._store = store
        self._multipart = multipart

    async def __call__(
        self, assets: Sequence[Asset], claims: Mapping[str, ClaimedUpload], positions: Mapping[str, int]
    ) -> Sequence[UploadCheck]:
        """One check an asset, in order. `claims` is by client id; `positions` are those in the request's `files`."""

        async def check(asset: Asset) -> UploadCheck:
            at = f"/files/{positions[asset.client_id]}" if asset.client_id in positions else "/files"
            return await self._check(asset, claims.get(asset.client_id), at)

        return await map_bounded(check, assets, at_once=_AT_ONCE)

    async def _check(self, asset: Asset, claim: ClaimedUpload | None, at: str) -> UploadCheck:
        if claim is None:
            return _missing(asset, at, "the request does not list it")
        stored = await self._store.head(asset.key)
        if asset.multipart is not None and (stored is None or _mismatches(asset, None, stored, at)):
            mismatches, stored = await self._assemble(asset, asset.multipart, claim, at)
            if mismatches:
                return UploadCheck(asset=asset, mismatches=mismatches)
        if stored is None:
            return _missing(asset, at, "it has not been uploaded")
        # The ETag of an object in parts is made by the store on assembly: no client can know it beforehand.
        expected_etag = None if asset.multipart is not None else claim.etag
        mismatches = _mismatches(asset, expected_etag, stored, at)
        return UploadCheck(asset=asset, etag=None if mismatches else stored.etag, mismatches=mismatches)

    async def _assemble(
        self, asset: Asset, multipart: MultipartUpload, claim: ClaimedUpload, at: str
    ) -> tuple[Sequence[Violation], StoredObject | None]:
        arrived = await self._multipart.parts(asset.key, upload_id=multipart.upload_id)
        sizes = multipart.part_sizes(asset.size)
        if {part.number for part in arrived} < set(range(1, len(sizes) + 1)):
            return (), None
        mismatches = _part_mismatches(asset, arrived, sizes, claim, at)
        if mismatches:
            return mismatches, None
        stored = await self._multipart.complete(asset.key, upload_id=multipart.upload_id, parts=arrived)
        # Another `complete` may have assembled it a moment ago.
        return (), stored or await self._store.head(asset.key)


def _missing(asset: Asset, at: str, why: str) -> UploadCheck:
    return UploadCheck(asset=asset, missing=Violation(at, FailureCode.NOT_UPLOADED, f"file {asset.client_id!r}: {why}"))


def _mismatches(asset: Asset, etag: str | None, stored: StoredObject, at: str) -> Sequence[Violation]:
    found = []
    name = f"file {asset.client_id!r}"
    if stored.size != asset.size:
        detail = f"{name}: announced {asset.size} bytes, {stored.size} arrived"
        found.append(Violation(at, FailureCode.SIZE_MISMATCH, detail))
    if stored.checksum is not None and stored.checksum != asset.checksum:
        detail = f"{name}: announced {asset.checksum}, {stored.checksum} arrived"
        found.append(Violation(at, FailureCode.CHECKSUM_MISMATCH, detail))
    if etag is not None and etag.strip('"') != stored.etag.strip('"'):
        found.append(Violation(at, "ETAG_MISMATCH", f"{name}: the store says {stored.etag}, the request {etag}"))
    return found


def _part_mismatches(
    asset: Asset, arrived: Sequence[UploadedPart], sizes: Sequence[int], claim: ClaimedUpload, at: str
) -> Sequence[Violation]:
    found = []
    for part in arrived:
        name = f"file {asset.client_id!r}, part {part.number}"
        if part.number > len(sizes) or part.size != sizes[part.number - 1]:
            found.append(Violation(at, FailureCode.SIZE_MISMATCH, f"{name}: {part.size} bytes are not what was asked"))
        claimed = claim.parts.get(part.number)
        if claimed is not None and claimed.strip('"') != part.etag.strip('"'):
            found.append(Violation(at, "ETAG_MISMATCH", f"{name}: the store says {part.etag}, the request {claimed}"))
    return found

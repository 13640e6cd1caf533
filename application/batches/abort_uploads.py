from collections.abc import Sequence

from application.concurrency import map_bounded
from application.ports.storage import MultipartUploads
from domain.assets.asset import Asset

_AT_ONCE = 8


async def abort_uploads(uploads: MultipartUploads, assets: Sequence[Asset]) -> None:
    """Let the store forget the uploads in parts that are open for these files. May be repeated."""

    async def abort(asset: Asset) -> None:
        if asset.multipart is not None:
            await uploads.abort(asset.key, upload_id=asset.multipart.upload_id)

    await map_bounded(abort, assets, at_once=_AT_ONCE)

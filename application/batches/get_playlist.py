from dataclasses import dataclass
from datetime import UTC, datetime

from application.playback.sign_playlist import PlaylistNotFound, SignPlaylist
from application.ports.clock import Clock
from application.ports.links import LinkSigner
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.errors import AssetNotFound
from domain.ids import AssetId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistQuery:
    """`expires` in Unix seconds and `signature` come from the link."""

    asset_id: AssetId
    name: str
    expires: int
    signature: str


class GetPlaylist:
    """A playlist of a listing's video; its references live as long as the link itself. Raises LinkRefused,
    AssetNotFound, Unavailable.
    """

    def __init__(
        self, *, begin: UnitOfWorkFactory, sign_playlist: SignPlaylist, links: LinkSigner, clock: Clock
    ) -> None:
        self._begin = begin
        self._sign_playlist = sign_playlist
        self._links = links
        self._clock = clock

    async def __call__(self, query: PlaylistQuery) -> str:
        now = self._clock.now()
        self._links.verify(query.asset_id, query.name, expires=query.expires, signature=query.signature, now=now)
        async with self._begin() as tx:
            asset = await tx.assets.find(query.asset_id)
            hidden = asset is None or await tx.batches.find(asset.batch_id) is None
        if asset is None or hidden:
            raise AssetNotFound(query.asset_id)
        expires_at = datetime.fromtimestamp(query.expires, UTC)
        try:
            return await self._sign_playlist(asset.id, asset.renditions, query.name, now=now, expires_at=expires_at)
        except PlaylistNotFound as error:
            raise AssetNotFound(query.asset_id) from error

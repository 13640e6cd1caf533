"""HLS from a private bucket: a playlist whose every reference is signed, made at the moment it is asked for."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from application.ports.clock import Clock
from application.ports.links import LinkSigner
from application.ports.storage import ObjectStore, UrlSigner
from application.unit_of_work import UnitOfWorkFactory
from domain.assets.asset import Asset
from domain.assets.errors import AssetNotFound
from domain.assets.rendition import Rendition, RenditionName
from domain.ids import AssetId

_PLAYLISTS = {RenditionName.HLS, RenditionName.HLS_1080P, RenditionName.HLS_720P}
_LARGEST = 4 * 1024 * 1024
_URI = re.compile(r'URI="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistQuery:
    """`expires` in Unix seconds and `signature` come from the link."""

    asset_id: AssetId
    name: str
    expires: int
    signature: str


class GetPlaylist:
    """The references live as long as the link itself. Raises LinkRefused, AssetNotFound, Unavailable."""

    def __init__(
        self, *, begin: UnitOfWorkFactory, store: ObjectStore, signer: UrlSigner, links: LinkSigner, clock: Clock
    ) -> None:
        self._begin = begin
        self._store = store
        self._signer = signer
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
        playlist = _named(asset, query.name)
        if playlist is None or playlist.name not in _PLAYLISTS:
            raise AssetNotFound(query.asset_id)
        text = await self._read(playlist)
        return self._sign_references(text, asset, now, datetime.fromtimestamp(query.expires, UTC))

    async def _read(self, playlist: Rendition) -> str:
        body = bytearray()
        async with self._store.read(playlist.key) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > _LARGEST:
                    raise AssertionError(f"playlist {playlist.key} is larger than any that we write")
        return body.decode()

    def _sign_references(self, text: str, asset: Asset, now: datetime, expires_at: datetime) -> str:
        def signed(name: str) -> str:
            target = _named(asset, name)
            if target is None:
                raise AssetNotFound(asset.id)
            if target.name in _PLAYLISTS:
                return self._links.sign(asset.id, target.name, expires_at=expires_at)
            return self._signer.get(target.key, now=now, expires_in=expires_at - now)

        lines = [
            _URI.sub(lambda match: f'URI="{signed(match[1])}"', line)
            if line.startswith("#") or not line
            else signed(line)
            for line in text.splitlines()
        ]
        return "\n".join(lines) + "\n"


def _named(asset: Asset, name: str) -> Rendition | None:
    return next((rendition for rendition in asset.renditions if rendition.name == name), None)

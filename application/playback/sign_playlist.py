"""HLS from a private bucket: a playlist whose every reference is signed, made at the moment it is asked for."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from application.ports.links import LinkSigner
from application.ports.storage import ObjectStore, UrlSigner
from domain.assets.rendition import Rendition, RenditionName

_PLAYLISTS = {RenditionName.HLS, RenditionName.HLS_1080P, RenditionName.HLS_720P}
_LARGEST = 4 * 1024 * 1024
_URI = re.compile(r'URI="([^"]*)"')


class PlaylistNotFound(LookupError):
    """The file has no playlist of that name, or one of its playlists refers to what it does not have."""


class SignPlaylist:
    """`links` make the addresses of further playlists of the same file. Raises PlaylistNotFound, Unavailable."""

    def __init__(self, *, store: ObjectStore, signer: UrlSigner, links: LinkSigner) -> None:
        self._store = store
        self._signer = signer
        self._links = links

    async def __call__(
        self, file_id: UUID, renditions: Sequence[Rendition], name: str, *, now: datetime, expires_at: datetime
    ) -> str:
        """The references live until `expires_at`."""
        by_name = {str(rendition.name): rendition for rendition in renditions}

        def named(name: str) -> Rendition:
            if name not in by_name:
                raise PlaylistNotFound(name)
            return by_name[name]

        def signed(name: str) -> str:
            target = named(name)
            if target.name in _PLAYLISTS:
                return self._links.sign(file_id, target.name, expires_at=expires_at)
            return self._signer.get(target.key, now=now, expires_in=expires_at - now)

        playlist = named(name)
        if playlist.name not in _PLAYLISTS:
            raise PlaylistNotFound(name)
        lines = [
            _URI.sub(lambda match: f'URI="{signed(match[1])}"', line)
            if line.startswith("#") or not line
            else signed(line)
            for line in (await self._read(playlist)).splitlines()
        ]
        return "\n".join(lines) + "\n"

    async def _read(self, playlist: Rendition) -> str:
        body = bytearray()
        async with self._store.read(playlist.key) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > _LARGEST:
                    raise AssertionError(f"playlist {playlist.key} is larger than any that we write")
        return body.decode()

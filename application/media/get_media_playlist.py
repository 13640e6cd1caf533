from dataclasses import dataclass
from datetime import UTC, datetime

from application.playback.sign_playlist import PlaylistNotFound, SignPlaylist
from application.ports.clock import Clock
from application.ports.links import LinkSigner
from application.unit_of_work import UnitOfWorkFactory
from domain.ids import MediaId
from domain.media.errors import MediaNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPlaylistQuery:
    """`expires` in Unix seconds and `signature` come from the link."""

    media_id: MediaId
    name: str
    expires: int
    signature: str


class GetMediaPlaylist:
    """A playlist of a video of the library; its references live as long as the link itself. Raises LinkRefused,
    MediaNotFound, Unavailable.
    """

    def __init__(
        self, *, begin: UnitOfWorkFactory, sign_playlist: SignPlaylist, links: LinkSigner, clock: Clock
    ) -> None:
        self._begin = begin
        self._sign_playlist = sign_playlist
        self._links = links
        self._clock = clock

    async def __call__(self, query: MediaPlaylistQuery) -> str:
        now = self._clock.now()
        self._links.verify(query.media_id, query.name, expires=query.expires, signature=query.signature, now=now)
        async with self._begin() as tx:
            media = await tx.media.find(query.media_id)
        if media is None or not media.is_served:
            raise MediaNotFound(query.media_id)
        expires_at = datetime.fromtimestamp(query.expires, UTC)
        try:
            return await self._sign_playlist(media.id, media.renditions, query.name, now=now, expires_at=expires_at)
        except PlaylistNotFound as error:
            raise MediaNotFound(query.media_id) from error

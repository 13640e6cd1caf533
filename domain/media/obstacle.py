from collections.abc import Mapping
from enum import StrEnum

from domain.ids import MediaId


class Obstacle(StrEnum):
    """Why a media cannot be used, as clients know it. One of another store, and one that is on its way out, do not
    exist: nobody can tell which.
    """

    NOT_FOUND = "MEDIA_NOT_FOUND"
    PENDING = "MEDIA_PENDING"
    FAILED = "MEDIA_FAILED"
    QUARANTINED = "MEDIA_QUARANTINED"

    def of(self, media_id: MediaId) -> str:
        """For people, with what helps."""
        return _WORDS[self].format(media_id)


_WORDS: Mapping[Obstacle, str] = {
    Obstacle.NOT_FOUND: "there is no media {} in your store",
    Obstacle.PENDING: "media {} still awaits its file: complete its upload first",
    Obstacle.FAILED: "media {} has failed: upload its file again, and use the media that this makes",
    Obstacle.QUARANTINED: "the bytes of media {} are lost: upload the same file again, which brings them back",
}

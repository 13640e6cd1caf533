from collections.abc import Sequence

from adapters.memory.transaction import MemoryTransaction
from domain.ids import MediaId
from domain.media.media import Media
from domain.media.repository import LibraryFilter, MediaLibrary
from domain.media.words import have_words, words_of

_EQUAL = ("store_id", "kind", "content_class", "folder", "mime_type", "status", "user_id")


class MemoryMediaLibrary(MediaLibrary):
    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction

    async def page(self, wanted: LibraryFilter, *, before: MediaId | None, limit: int) -> Sequence[Media]:
        found = self._transaction.select(
            Media, lambda media: (before is None or media.id < before) and _applies(wanted, media)
        )
        return sorted(found, key=lambda media: media.id, reverse=True)[:limit]


def _applies(wanted: LibraryFilter, media: Media) -> bool:
    given = {name: value for name in _EQUAL if (value := getattr(wanted, name)) is not None}
    return (
        media.is_visible
        and all(getattr(media, field) == value for field, value in given.items())
        and not (wanted.unused and media.usage_count)
        and (wanted.confidential_of is None or not media.is_confidential or media.user_id == wanted.confidential_of)
        and have_words(words_of(media.original_name), wanted.words)
    )

"""Media of the library."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath
from uuid import UUID, uuid4

from application.media.list_media import ListMedia, ListMediaQuery
from application.media.upload_media import UploadMediaCommand
from application.media.upload_terms import UploadTerms
from domain.assets.failure import Failure
from domain.errors import Conflict
from domain.ids import MediaId, StoreId, UserId
from domain.media.announcement import SentAlong, require_sound_words
from domain.media.kind import MediaKind
from domain.media.media import DEFAULT_FOLDER, Media
from domain.media.wording import name_violations
from entrypoints.reading.texts import Line
from entrypoints.seeding.context import Context, Loader, SeedTools
from entrypoints.seeding.entry import Entry
from entrypoints.seeding.material import Flaw, Material, flaws
from entrypoints.seeding.pages import PAGE, all_of

_NOBODY = UUID(int=0)


class MediaHasFailed(Conflict):
    """It would fail again."""

    code = "MEDIA_HAS_FAILED"

    def __init__(self, media_id: MediaId, failure: Failure) -> None:
        super().__init__(
            f"media {media_id} has failed since an earlier run uploaded it: {failure.detail}; "
            "delete it, and a run uploads its file anew"
        )
        self.media_id = media_id


class MediaEntry(Entry, frozen=True):
    """`file` is a path within the folder `files`, `name` what the library calls it: as its file when left out."""

    file: Line
    kind: MediaKind
    folder: str = DEFAULT_FOLDER
    name: str | None = None
    alt_text: str | None = None
    description: str | None = None

    @property
    def shown_name(self) -> str:
        return PurePosixPath(self.file).name if self.name is None else self.name

    @property
    def sent(self) -> SentAlong:
        return SentAlong(
            filename=self.shown_name,
            kind=self.kind,
            folder=self.folder,
            alt_text=self.alt_text,
            description=self.description,
        )


def announced(entry: MediaEntry, material: Material) -> Media:
    """As it would be: for the rules of those who use it. Raises SampleMissing, DomainError."""
    terms = UploadTerms.of_kind(entry.kind, material.settings.media_limits)
    return Media.announce(
        media_id=MediaId(uuid4()),
        store_id=StoreId(_NOBODY),
        user_id=UserId(_NOBODY),
        kind=entry.kind,
        original_name=entry.shown_name,
        mime_type=material.mime_type(entry.file, terms),
        size=material.files.size(entry.file),
        checksum=None,
        folder=entry.folder,
        now=datetime.now(UTC),
    )


def _rules(entry: MediaEntry, material: Material) -> Iterator[Flaw]:
    for flaw in flaws(lambda: require_sound_words(entry.sent)):
        # Of the file a form says only what it is called: here that is a field of its own.
        if flaw.field != "file":
            yield flaw
    for violation in name_violations("/name", entry.shown_name):
        yield Flaw("name", violation.detail)
    yield from flaws(lambda: announced(entry, material), at="file")


class MediaLoader(Loader[MediaEntry]):
    def __init__(self, tools: SeedTools) -> None:
        self._principal, self._files = tools.principal, tools.files
        self._upload = tools.toolbox.upload
        self._list = ListMedia(begin=tools.toolbox.begin, links=tools.toolbox.media_links)

    async def find(self, entry: MediaEntry) -> UUID | None:
        """What is on its way, or never arrived, is not there. Raises MediaHasFailed."""

        async def page(before: MediaId | None) -> tuple[list[Media], MediaId | None]:
            found = await self._list(
                ListMediaQuery(
                    principal=self._principal,
                    before=before,
                    limit=PAGE,
                    kind=entry.kind,
                    folder=entry.folder,
                    search=entry.shown_name,
                )
            )
            return [each.media for each in found.media], found.next_before

        named = [media for media in await all_of(page) if media.original_name == entry.shown_name]
        for media in reversed(named):
            if media.is_attachable:
                return media.id
        for media in named:
            if media.failure is not None and media.has_arrived:
                raise MediaHasFailed(media.id, media.failure)
        return None

    async def make(self, entry: MediaEntry) -> UUID:
        command = UploadMediaCommand(principal=self._principal, sent=entry.sent, at_least=self._files.size(entry.file))
        return (await self._upload(command, self._files.content(entry.file))).id


MEDIA = Context(
    name="media",
    entry=MediaEntry,
    loader=MediaLoader,
    identity=lambda entry: (entry.kind, entry.folder, entry.shown_name),
    known_by="kind, folder and name",
    rules=_rules,
)

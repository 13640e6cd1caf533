"""What hangs on parts and kits: files, media of the library, and addresses."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from application.attachment_sets.attach_file import AttachFile, AttachFileCommand
from application.attachment_sets.attach_link import AttachLink, AttachLinkCommand
from application.attachment_sets.attach_media import AttachMedia, AttachMediaCommand
from application.attachment_sets.attachment_links import AttachmentLinks, ShownAttachment
from application.attachment_sets.choose_cover import ChooseCover, ChooseCoverCommand
from application.attachment_sets.get_set import GetSet, SetQuery
from application.attachment_sets.link_planner import LinkPlanner
from application.attachment_sets.set_keeper import SetKeeper
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.set_attachment import ACCEPTED_FILES, checked_title
from domain.ids import AttachmentSetId, MediaId, SetAttachmentId
from domain.media.suitability import NewUse
from domain.web.web_address import require_fetchable
from entrypoints.media_consumers.attachment_terms import attachment_terms
from entrypoints.reading.texts import Line
from entrypoints.seeding.context import Context, Fixtures, Loader, SeedTools
from entrypoints.seeding.entry import Entry, Key
from entrypoints.seeding.material import Flaw, Material, flaws, unsuited


class AttachmentEntry(Entry, frozen=True):
    """Made of exactly one of `file`, `media` and `url`."""

    attachment_set: Key
    title: str
    file: Line | None = None
    media: Key | None = None
    url: str | None = None


def _rules(entry: AttachmentEntry, material: Material) -> Iterator[Flaw]:
    made_of = [name for name in ("file", "media", "url") if getattr(entry, name) is not None]
    if len(made_of) != 1:
        found = f"this has {' and '.join(made_of)}" if made_of else "this has none"
        yield Flaw("", f"an attachment is made of exactly one of file, media and url; {found}")
    yield from flaws(lambda: checked_title(entry.title))
    if entry.file is not None:
        file = entry.file
        yield from flaws(lambda: material.mime_type(file, attachment_terms(material.settings)), at="file")
    if entry.media is not None:
        yield from unsuited([NewUse("/mediaId", material.media_id(entry.media), ACCEPTED_FILES)], material)
    if entry.url is not None:
        url = entry.url
        yield from flaws(lambda: require_fetchable(url, allowed=material.settings.web_networks))


def _covers(fixtures: Fixtures) -> frozenset[Key]:
    return frozenset(each.cover for each in fixtures["attachment_sets"] if each.cover is not None)


def _covers_first(entries: Sequence[AttachmentEntry], fixtures: Fixtures) -> Sequence[AttachmentEntry]:
    """An image that comes into an empty set is its cover from the same moment, so no crash comes in between."""
    covers = _covers(fixtures)
    return sorted(entries, key=lambda entry: entry.key not in covers)


class AttachmentLoader(Loader[AttachmentEntry]):
    """A set that has a cover keeps it: somebody may have chosen it since."""

    def __init__(self, tools: SeedTools) -> None:
        self._tools = tools
        self._covers = _covers(tools.fixtures)
        box = tools.toolbox
        begin, clock, ids = box.begin, box.clock, box.ids
        keeper = SetKeeper(reconcile=box.reconcile, telemetry=box.telemetry)
        links = AttachmentLinks(links=box.media_links)
        terms = attachment_terms(box.settings)
        self._get = GetSet(begin=begin, links=links)
        self._file = AttachFile(
            begin=begin,
            upload=box.upload,
            terms=terms,
            keeper=keeper,
            links=links,
            clock=clock,
            ids=ids,
            telemetry=box.telemetry,
        )
        self._media = AttachMedia(begin=begin, keeper=keeper, terms=terms, links=links, clock=clock, ids=ids)
        self._link = AttachLink(
            begin=begin,
            keeper=keeper,
            planner=LinkPlanner(ids=ids, retry=box.settings.processing.retry, allowed=box.settings.web_networks),
            links=links,
            clock=clock,
            ids=ids,
        )
        self._choose_cover = ChooseCover(begin=begin, keeper=keeper, links=links, clock=clock)

    async def find(self, entry: AttachmentEntry) -> UUID | None:
        held = await self._set_of(entry)
        found = next((each.id for each in held.attachments if each.title == entry.title), None)
        if found is not None and entry.key in self._covers:
            await self._cover(held, found)
        return found

    async def make(self, entry: AttachmentEntry) -> UUID:
        made = (await self._attach(entry)).attachment.id
        if entry.key in self._covers:
            await self._cover(await self._set_of(entry), made)
        return made

    async def _attach(self, entry: AttachmentEntry) -> ShownAttachment:
        principal, set_id = self._tools.principal, self._set_id(entry)
        if entry.file is not None:
            path = self._tools.files.path(entry.file)
            return await self._file(
                AttachFileCommand(principal=principal, set_id=set_id, title=entry.title, filename=path.name),
                self._tools.files.content(entry.file),
            )
        if entry.media is not None:
            media_id = MediaId(self._tools.loaded.id_of("media", entry.media))
            return await self._media(
                AttachMediaCommand(principal=principal, set_id=set_id, title=entry.title, media_id=media_id)
            )
        assert entry.url is not None
        return await self._link(AttachLinkCommand(principal=principal, set_id=set_id, title=entry.title, url=entry.url))

    async def _cover(self, held: AttachmentSet, attachment_id: SetAttachmentId) -> None:
        if held.cover_id is None:
            await self._choose_cover(
                ChooseCoverCommand(principal=self._tools.principal, set_id=held.id, attachment_id=attachment_id)
            )

    async def _set_of(self, entry: AttachmentEntry) -> AttachmentSet:
        shown = await self._get(SetQuery(principal=self._tools.principal, set_id=self._set_id(entry)))
        return shown.attachment_set

    def _set_id(self, entry: AttachmentEntry) -> AttachmentSetId:
        return AttachmentSetId(self._tools.loaded.id_of("attachment_sets", entry.attachment_set))


ATTACHMENTS = Context(
    name="attachments",
    entry=AttachmentEntry,
    loader=AttachmentLoader,
    references={"attachmentSet": "attachment_sets", "media": "media"},
    identity=lambda entry: (entry.attachment_set, entry.title),
    known_by="set and title",
    rules=_rules,
    order=_covers_first,
)

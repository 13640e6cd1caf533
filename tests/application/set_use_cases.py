from base64 import b64encode
from functools import cached_property
from typing import Any

import msgspec

from adapters.memory.web import MemoryWebClient
from adapters.web.page import read_page
from application.attachment_sets.attach_file import AttachFile
from application.attachment_sets.attach_link import AttachLink
from application.attachment_sets.attach_media import AttachMedia
from application.attachment_sets.attachment_links import AttachmentLinks
from application.attachment_sets.change_attachment import ChangeAttachment
from application.attachment_sets.create_owner import CreateOwner
from application.attachment_sets.delete_attachment import DeleteAttachment
from application.attachment_sets.delete_owner import DeleteOwner
from application.attachment_sets.get_set import GetSet
from application.attachment_sets.link_handler import LinkHandler
from application.attachment_sets.link_planner import LinkPlanner
from application.attachment_sets.owner_sort import PARTS
from application.attachment_sets.set_keeper import SetKeeper
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.ports.web import PageReader, PageSummary
from application.processing.task_handler import TaskHandler
from domain.parts.part import Part
from entrypoints.media_consumers.attachment_terms import attachment_terms, preview_terms
from entrypoints.settings import Settings
from tests.application.media_use_cases import MediaUseCases


class InlinePageReader(PageReader):
    """The real one, without the child process around it."""

    async def read(self, start: bytes, *, url: str, content_type: str | None) -> PageSummary:
        told = read_page(start=b64encode(start).decode(), url=url, content_type=content_type)
        return msgspec.convert(told, PageSummary)


class SetUseCases(MediaUseCases):
    """`web` is all that links lead to."""

    @cached_property
    def web(self) -> MemoryWebClient:
        return MemoryWebClient()

    @cached_property
    def reconcile(self) -> ReconcileAttachments:
        return ReconcileAttachments(entity_types=self.entity_types, clock=self.clock, ids=self.ids, log=self.log)

    @cached_property
    def set_keeper(self) -> SetKeeper:
        return SetKeeper(reconcile=self.reconcile, telemetry=self.telemetry)

    @cached_property
    def attachment_links(self) -> AttachmentLinks:
        return AttachmentLinks(links=self.media_links)

    @cached_property
    def link_planner(self) -> LinkPlanner:
        return LinkPlanner(ids=self.ids, retry=self.retry, allowed=())

    @cached_property
    def link_handler(self) -> TaskHandler[Any, Any]:
        settings = Settings()
        return LinkHandler(
            web=self.web,
            reader=InlinePageReader(),
            inspector=self.inspector,
            upload=self.upload_media,
            terms=attachment_terms(settings),
            preview_terms=preview_terms(settings),
            keeper=self.set_keeper,
            clock=self.clock,
            log=self.log,
        )

    @cached_property
    def create_part(self) -> CreateOwner[Part]:
        return CreateOwner(sort=PARTS, begin=self.begin, clock=self.clock, ids=self.ids)

    @cached_property
    def delete_part(self) -> DeleteOwner[Part]:
        return DeleteOwner(sort=PARTS, begin=self.begin, keeper=self.set_keeper)

    @cached_property
    def get_set(self) -> GetSet:
        return GetSet(begin=self.begin, links=self.attachment_links)

    @cached_property
    def attach_file(self) -> AttachFile:
        return AttachFile(
            begin=self.begin,
            upload=self.upload_media,
            terms=attachment_terms(Settings()),
            keeper=self.set_keeper,
            links=self.attachment_links,
            clock=self.clock,
            ids=self.ids,
            telemetry=self.telemetry,
        )

    @cached_property
    def attach_media(self) -> AttachMedia:
        return AttachMedia(
            begin=self.begin,
            keeper=self.set_keeper,
            terms=attachment_terms(Settings()),
            links=self.attachment_links,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def attach_link(self) -> AttachLink:
        return AttachLink(
            begin=self.begin,
            keeper=self.set_keeper,
            planner=self.link_planner,
            links=self.attachment_links,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def change_attachment(self) -> ChangeAttachment:
        return ChangeAttachment(
            begin=self.begin,
            keeper=self.set_keeper,
            planner=self.link_planner,
            links=self.attachment_links,
            clock=self.clock,
        )

    @cached_property
    def delete_attachment(self) -> DeleteAttachment:
        return DeleteAttachment(begin=self.begin, keeper=self.set_keeper, clock=self.clock)
